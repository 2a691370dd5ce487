using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A 65-byte recoverable secp256k1 signature r ‖ s ‖ v: 0 &lt; r &lt; n, 0 &lt; s ≤ n/2 (EIP-2).</summary>
/// <remarks>
/// Read with v 0 or 1, as enclave supervisors write it, or 27 or 28, as Ethereum libraries and contracts do. Inside there is one
/// form, 27 or 28; <see cref="AsGiven"/> remembers the other for those who know no other.
/// </remarks>
public sealed class EthereumSignature
{
    public const int Size = 65;
    private const int FirstV = 27;
    private const int VAt = 64;

    private readonly byte[] _bytes;
    private readonly bool _isBare;

    private EthereumSignature(byte[] bytes, bool isBare) => (_bytes, _isBare) = (bytes, isBare);

    /// <summary>r ‖ s ‖ v with v 27 or 28.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Lower-case hex with <c>0x</c> and the v that it was read with.</summary>
    public string AsGiven => _isBare ? Hex.Encode([.. _bytes.AsSpan(0, VAt), (byte)(_bytes[VAt] - FirstV)]) : ToString();

    /// <summary>Exactly <c>(0x)?[0-9a-fA-F]{130}</c>, and the ranges above.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out EthereumSignature? signature)
    {
        Span<byte> bytes = stackalloc byte[Size];
        signature = null;
        return text is not null && Hex.TryDecode(text, bytes) && TryFrom(bytes, out signature);
    }

    /// <summary>The 65 bytes with v 0, 1, 27 or 28; false outside the ranges above.</summary>
    public static bool TryFrom(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EthereumSignature? signature)
    {
        signature = null;
        if (bytes.Length != Size || bytes[VAt] is not (0 or 1 or FirstV or FirstV + 1))
        {
            return false;
        }

        var r = UInt256Words.Read(bytes[..32]);
        var s = UInt256Words.Read(bytes[32..64]);
        if (r.IsZero || r >= Secp256k1.Order || s.IsZero || s > Secp256k1.HalfOrder)
        {
            return false;
        }

        byte[] normal = bytes.ToArray();
        bool isBare = normal[VAt] < FirstV;
        normal[VAt] += (byte)(isBare ? FirstV : 0);
        signature = new EthereumSignature(normal, isBare);
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

    /// <summary>The same with v 0 or 1 in <see cref="AsGiven"/>, as supervisors write it: for those that play one.</summary>
    internal EthereumSignature AsBare() => new(_bytes, isBare: true);

    internal static EthereumSignature FromParts(ReadOnlySpan<byte> compact, int parity)
    {
        Span<byte> bytes = stackalloc byte[Size];
        compact.CopyTo(bytes);
        bytes[VAt] = (byte)(FirstV + parity);
        Invariant.Require(TryFrom(bytes, out var signature));
        return signature;
    }

    /// <summary>Lower-case hex with <c>0x</c>, v 27 or 28.</summary>
    public override string ToString() => Hex.Encode(_bytes);
}

/// <summary>The EIP-191 (version 0x45) envelope of a text: <c>0x19 "Ethereum Signed Message:\n" length text</c>.</summary>
internal static class PersonalMessage
{
    /// <summary>keccak256 of the enveloped UTF-8 bytes; the length counts bytes.</summary>
    public static Bytes32 Digest(string message)
    {
        int length = Encoding.UTF8.GetByteCount(message);
        return Keccak256.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{length}{message}")));
    }
}
