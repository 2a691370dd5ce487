using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A 65-byte recoverable secp256k1 signature r ‖ s ‖ v: 0 &lt; r &lt; n, 0 &lt; s ≤ n/2, v 27 or 28 (EIP-2).</summary>
public sealed class EthereumSignature
{
    public const int Size = 65;
    private const int FirstV = 27;
    private const int VAt = 64;

    private readonly byte[] _bytes;

    private EthereumSignature(byte[] bytes) => _bytes = bytes;

    /// <summary>r ‖ s ‖ v.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Exactly <c>(0x)?[0-9a-fA-F]{130}</c>, and the ranges above.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EthereumSignature? signature)
    {
        Span<byte> bytes = stackalloc byte[Size];
        signature = null;
        return text is not null && Hex.TryDecode(text, bytes) && TryFrom(bytes, out signature);
    }

    /// <summary>The 65 bytes with v 27 or 28; false outside the ranges above.</summary>
    public static bool TryFrom(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EthereumSignature? signature)
    {
        signature = null;
        if (bytes.Length != Size || bytes[VAt] is not (FirstV or FirstV + 1))
        {
            return false;
        }

        var r = UInt256Words.Read(bytes[..32]);
        var s = UInt256Words.Read(bytes[32..64]);
        if (r.IsZero || r >= Secp256k1.Order || s.IsZero || s > Secp256k1.HalfOrder)
        {
            return false;
        }

        signature = new EthereumSignature(bytes.ToArray());
        return true;
    }

    /// <summary>The signer of an EIP-191 personal message, or false when no key recovers.</summary>
    public bool TryRecover(string message, out WalletAddress signer) => TryRecoverDigest(PersonalMessage.Digest(message), out signer);

    /// <summary>The signer of a 32-byte digest.</summary>
    public bool TryRecoverDigest(Bytes32 digest, out WalletAddress signer) => TryRecoverDigest(digest, Secp256k1.Current, out signer);

    internal bool TryRecoverDigest(Bytes32 digest, ISecp256k1 curve, out WalletAddress signer)
    {
        Span<byte> digestBytes = stackalloc byte[Bytes32.Size];
        Span<byte> point = stackalloc byte[ISecp256k1.PointBytes];
        digest.CopyTo(digestBytes);
        signer = default;
        return curve.TryRecover(digestBytes, _bytes.AsSpan(0, VAt), _bytes[VAt] - FirstV, point)
            && Secp256k1.TryGetWallet(point, out signer);
    }

    internal static EthereumSignature FromParts(ReadOnlySpan<byte> compact, int parity)
    {
        Span<byte> bytes = stackalloc byte[Size];
        compact.CopyTo(bytes);
        bytes[VAt] = (byte)(FirstV + parity);
        Invariant.Require(TryFrom(bytes, out var signature));
        return signature;
    }

    /// <summary>Lower-case hex with <c>0x</c>.</summary>
    public override string ToString() => Hex.Encode(_bytes);
}
