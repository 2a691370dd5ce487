using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A secp256k1 key handle for clients, devnets and simulators; a node's own wallet key never leaves Odyn.</summary>
internal sealed class EthereumPrivateKey : IDisposable
{
    private const int ScalarBytes = 32;

    private readonly byte[] _scalar = GC.AllocateArray<byte>(ScalarBytes, pinned: true);
    private readonly ISecp256k1 _curve;
    private bool _disposed;

    private EthereumPrivateKey(ReadOnlySpan<byte> scalar, ISecp256k1 curve, WalletAddress wallet)
    {
        scalar.CopyTo(_scalar);
        _curve = curve;
        Wallet = wallet;
    }

    /// <summary>The address of the public key.</summary>
    public WalletAddress Wallet { get; }

    /// <exception cref="ArgumentException">Not 32 bytes in 1..n-1.</exception>
    public static EthereumPrivateKey Import(ReadOnlySpan<byte> scalar) => Import(scalar, Secp256k1.Current);

    internal static EthereumPrivateKey Import(ReadOnlySpan<byte> scalar, ISecp256k1 curve) =>
        TryImport(scalar, curve, out var key) ? key : throw new ArgumentException("a secp256k1 scalar of 32 bytes is needed", nameof(scalar));

    /// <summary>False for anything but 32 bytes in 1..n-1.</summary>
    public static bool TryImport(ReadOnlySpan<byte> scalar, [NotNullWhen(true)] out EthereumPrivateKey? key) =>
        TryImport(scalar, Secp256k1.Current, out key);

    private static bool TryImport(ReadOnlySpan<byte> scalar, ISecp256k1 curve, [NotNullWhen(true)] out EthereumPrivateKey? key)
    {
        Span<byte> point = stackalloc byte[ISecp256k1.PointBytes];
        key = scalar.Length == ScalarBytes && curve.TryGetPublicKey(scalar, point) && Secp256k1.TryGetWallet(point, out var wallet)
            ? new EthereumPrivateKey(scalar, curve, wallet)
            : null;
        return key is not null;
    }

    /// <summary>EIP-191 personal_sign, RFC 6979 nonce, low s.</summary>
    public EthereumSignature SignMessage(string message) => SignDigest(PersonalMessage.Digest(message));

    /// <summary>Signs 32 bytes as they are, e.g. the hash of a transaction.</summary>
    public EthereumSignature SignDigest(Bytes32 digest)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> digestBytes = stackalloc byte[Bytes32.Size];
        Span<byte> compact = stackalloc byte[2 * ScalarBytes];
        digest.CopyTo(digestBytes);
        int parity = _curve.Sign(_scalar, digestBytes, compact);
        return EthereumSignature.FromParts(compact, parity);
    }

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_scalar);
    }

    public override string ToString() => nameof(EthereumPrivateKey);
}
