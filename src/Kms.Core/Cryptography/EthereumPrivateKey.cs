using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>A secp256k1 key handle for clients, devnets and simulators; a node's own wallet key never leaves Odyn.</summary>
public sealed class EthereumPrivateKey : IDisposable
{
    /// <exception cref="ArgumentException">Not 32 bytes in 1..n-1.</exception>
    public static EthereumPrivateKey Import(ReadOnlySpan<byte> scalar) => throw new NotImplementedException();

    public WalletAddress Wallet => throw new NotImplementedException();

    /// <summary>EIP-191 personal_sign, RFC 6979 nonce, low s.</summary>
    public EthereumSignature SignMessage(string message) => throw new NotImplementedException();

    public EthereumSignature SignDigest(Bytes32 digest) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();

    public override string ToString() => nameof(EthereumPrivateKey);
}
