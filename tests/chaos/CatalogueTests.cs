using System.Reflection;
using Kms.Sim.Scenarios;

namespace Kms.Chaos;

/// <summary>The suite and the program know the same scenarios.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void Every_scenario_of_the_catalogue_is_a_test_here()
    {
        var told = typeof(Story).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Story)))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.Name)
            .ToHashSet(StringComparer.Ordinal);
        Catalogue.All.Select(scenario => scenario.Name).Where(name => !told.Contains(name)).ShouldBeEmpty();
    }
}
