using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kms.Properties.Conventions;

/// <summary>Foreign JSON has one reader: the framework's are banned in <c>src</c>, each overload of them by its name.</summary>
public sealed class JsonReadingBanTests
{
    [Fact]
    public void Every_overload_that_reads_json_is_banned()
    {
        string[] banned = [.. Lines("BannedSymbols.JsonReading.txt"), .. Lines("BannedSymbols.Json.txt")];
        var readers = typeof(JsonSerializer).GetMethods().Where(method => method.Name.StartsWith("Deserialize", StringComparison.Ordinal))
            .Concat(typeof(JsonNode).GetMethods().Where(method => method.Name.StartsWith("Parse", StringComparison.Ordinal)))
            .Where(method => !method.GetParameters().Any(parameter => banned.Contains("T:" + parameter.ParameterType.FullName)));

        string[] missing = [.. readers.Select(Id).Except(banned)];

        missing.ShouldBeEmpty("a new framework has more ways: ban them too");
    }

    private static IEnumerable<string> Lines(string file) => File.ReadLines(Path.Combine(Source.Root, "src", file)).Select(line => line.Split(';')[0]);

    // The documentation's id of a method, as far as these need it.
    private static string Id(MethodInfo method)
    {
        string arity = method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : string.Empty;
        return $"M:{method.DeclaringType!.FullName}.{method.Name}{arity}({string.Join(',', method.GetParameters().Select(parameter => Name(parameter.ParameterType)))})";
    }

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!) + "@";
        }

        if (type.IsGenericParameter)
        {
            return $"``{type.GenericParameterPosition}";
        }

        return type.IsGenericType
            ? $"{type.GetGenericTypeDefinition().FullName!.Split('`')[0]}{{{string.Join(',', type.GetGenericArguments().Select(Name))}}}"
            : type.FullName!;
    }
}
