using Kms.Core.Cryptography;

namespace Kms.Properties.Cryptography;

/// <summary>Both secp256k1 implementations. Tests run over each; a machine without the native library skips its half loudly.</summary>
internal static class Backends
{
    public static BouncyCastleSecp256k1 Managed { get; } = new();

    public static LibSecp256k1? Native { get; } = LibSecp256k1.TryLoad();

    public static IReadOnlyList<ISecp256k1> Available { get; } = Native is null ? [Managed] : [Native, Managed];

    /// <summary>Names for theory data, so that a failure says which one.</summary>
    public static TheoryData<string> Names => [.. Available.Select(backend => backend.Name)];

    public static ISecp256k1 Named(string name) => Available.Single(backend => backend.Name == name);
}
