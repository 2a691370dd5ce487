using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>Keccak-256 with the Ethereum padding (not SHA3-256).</summary>
public static class Keccak256
{
    public static Bytes32 Hash(ReadOnlySpan<byte> input) => throw new NotImplementedException();

    /// <summary>Writes 32 bytes; no copy of the input survives the call.</summary>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> digest) => throw new NotImplementedException();
}
