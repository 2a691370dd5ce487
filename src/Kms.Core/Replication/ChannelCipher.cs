using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>Seals and opens sync messages under a channel key that only holders of the epoch's secret can derive.</summary>
internal static class ChannelCipher
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;

    /// <summary>The body of POST /sync or of its answer: canonical CBOR {1: epoch, 2: nonce, 3: ciphertext ‖ tag}.</summary>
    /// <param name="binding">32-byte hash that names this one exchange (docs/spec/peer-protocol.md, "Binding").</param>
    /// <param name="nonce">12 fresh random bytes.</param>
    public static byte[] Seal(ReadOnlySpan<byte> key, Epoch epoch, Bytes32 binding, ChannelDirection direction, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message) => throw new NotImplementedException();

    /// <summary>Reads which epoch's key a body needs; false when it is not a sealed body at all.</summary>
    public static bool TryReadEpoch(ReadOnlyMemory<byte> body, out Epoch epoch) => throw new NotImplementedException();

    /// <summary>False when the body is malformed, of another epoch, or not authentic for this key, binding and direction.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, Epoch epoch, Bytes32 binding, ChannelDirection direction, ReadOnlyMemory<byte> body, out byte[] message) => throw new NotImplementedException();
}
