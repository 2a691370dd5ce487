using System.Text.Json;

namespace Kms.Properties.Vectors;

/// <summary>Reads the cases of a vector file next to the test assembly.</summary>
internal static class VectorFile
{
    public static IReadOnlyList<JsonElement> Cases(string name) => Read(Path.Combine("Vectors", name));

    /// <summary>Vectors of our own, from docs/spec/vectors.</summary>
    public static IReadOnlyList<JsonElement> SpecCases(string name) => Read(Path.Combine("SpecVectors", name));

    public static byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", name));

    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    public static byte[] Hex(this JsonElement element, string property) => Core.Primitives.Hex.Decode(element.Text(property));

    private static List<JsonElement> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, path)));
        var cases = document.RootElement.GetProperty("cases").Clone().EnumerateArray().ToList();
        cases.ShouldNotBeEmpty();
        return cases;
    }
}
