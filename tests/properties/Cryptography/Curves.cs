using Kms.Core.Cryptography;

namespace Kms.Properties.Cryptography;

/// <summary>The product's secp256k1 and the independent one. Tests run over each, or hold one against the other.</summary>
internal static class Curves
{
    private static readonly Dictionary<string, ISecp256k1> All = new() { ["product"] = Secp256k1.Current, ["independent"] = new ManagedSecp256k1() };

    public static ISecp256k1 Independent => All["independent"];

    public static IReadOnlyCollection<ISecp256k1> Both => All.Values;

    /// <summary>Names for theory data, so that a failure says which one.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    public static ISecp256k1 Named(string name) => All[name];
}
