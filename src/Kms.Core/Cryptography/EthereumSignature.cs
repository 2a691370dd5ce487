using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A 65-byte recoverable secp256k1 signature r ‖ s ‖ v: 0 &lt; r &lt; n, 0 &lt; s ≤ n/2, v 27 or 28 (EIP-2).</summary>
public sealed class EthereumSignature
{
    public const int Size = 65;

    private EthereumSignature(byte[] bytes) => Bytes = bytes;

    /// <summary>r ‖ s ‖ v.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Exactly <c>(0x)?[0-9a-fA-F]{130}</c>, and the ranges above.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EthereumSignature? signature) => throw new NotImplementedException();

    public static bool TryFrom(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EthereumSignature? signature) => throw new NotImplementedException();

    /// <summary>The signer of an EIP-191 personal message, or false when no key recovers.</summary>
    public bool TryRecover(string message, out WalletAddress signer) => throw new NotImplementedException();

    /// <summary>The signer of a 32-byte digest.</summary>
    public bool TryRecoverDigest(Bytes32 digest, out WalletAddress signer) => throw new NotImplementedException();

    /// <summary>Lower-case hex with <c>0x</c>.</summary>
    public override string ToString() => Hex.Encode(Bytes.Span);
}
