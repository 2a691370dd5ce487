namespace Kms.Core.Cryptography;

/// <summary>What an app asks to derive; parsed and within limits.</summary>
/// <param name="Derivation">1: info is path or path:context (as existing clients). 2: injective, length-prefixed.</param>
internal sealed record DerivationInput(string Path, string Context, int Derivation);
