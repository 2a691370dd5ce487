using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>The curve of Ethereum's wallets, and the one implementation of it in this process.</summary>
internal static class Secp256k1
{
    /// <summary>Group order n, big endian (SEC 2, section 2.4.1).</summary>
    internal static readonly UInt256Words Order = UInt256Words.Parse("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    /// <summary>n / 2 rounded down: the greatest s that EIP-2 allows.</summary>
    internal static readonly UInt256Words HalfOrder = UInt256Words.Parse("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

    internal static ISecp256k1 Current { get; private set; } = new LibSecp256k1();

    /// <summary>For simulations, before the first use: something around the real implementation that gives the same answers.</summary>
    internal static void Wrap(Func<ISecp256k1, ISecp256k1> wrap) => Current = wrap(Current);

    /// <summary>The address of an uncompressed key: the last 20 bytes of keccak256(x ‖ y).</summary>
    internal static bool TryGetWallet(ReadOnlySpan<byte> point, out WalletAddress wallet)
    {
        Span<byte> hash = stackalloc byte[Bytes32.Size];
        Keccak256.Hash(point[1..], hash);
        return WalletAddress.TryFrom(hash[^WalletAddress.Size..], out wallet);
    }
}
