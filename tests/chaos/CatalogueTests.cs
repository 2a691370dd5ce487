using System.Reflection;
using Kms.Sim.Checkers;
using Kms.Sim.Scenarios;

namespace Kms.Chaos;

/// <summary>The suite and the program know the same scenarios.</summary>
public sealed class CatalogueTests
{
    [Fact]
    public void Every_scenario_of_the_catalogue_is_a_test_here()
    {
        var told = typeof(Story).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Story)) || type.IsAssignableTo(typeof(ISprintStories)))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.Name)
            .ToHashSet(StringComparer.Ordinal);
        Catalogue.All.Select(scenario => scenario.Name).Where(name => !told.Contains(name)).ShouldBeEmpty();
    }

    /// <summary>A checker that was never seen to fail proves nothing. `make resurrections` demands that each flaw breaks the rules it names.</summary>
    [Fact]
    public void Every_checker_is_broken_by_some_flaw()
    {
        var broken = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "resurrections"), "*.patch")
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith("Rule: ", StringComparison.Ordinal))
            .SelectMany(line => line["Rule: ".Length..].Split(", "))
            .ToHashSet(StringComparer.Ordinal);
        typeof(Checker).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Checker))).Select(type => type.Name).Except(broken).ShouldBeEmpty();
    }
}
