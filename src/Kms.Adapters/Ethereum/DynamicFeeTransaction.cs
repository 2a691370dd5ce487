using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>Type-2 transactions (EIP-1559), without access list: encoding, signing digest, hash, and the way back.</summary>
internal static class DynamicFeeTransaction
{
    private const byte TypeByte = 0x02;

    /// <summary>What the sender signs.</summary>
    public static Bytes32 SigningDigest(UnsignedTransaction transaction) => Keccak256.Hash([TypeByte, .. RlpWriter.List(Fields(transaction))]);

    /// <summary>The signed transaction as it is submitted.</summary>
    public static byte[] Encode(UnsignedTransaction transaction, EthereumSignature signature)
    {
        var bytes = signature.Bytes.Span;
        return
        [
            TypeByte,
            .. RlpWriter.List(
            [
                .. Fields(transaction),
                RlpWriter.Scalar(bytes[64] - 27),
                RlpWriter.Scalar(new BigInteger(bytes[..32], isUnsigned: true, isBigEndian: true)),
                RlpWriter.Scalar(new BigInteger(bytes[32..64], isUnsigned: true, isBigEndian: true)),
            ]),
        ];
    }

    /// <summary>The hash that the network knows a signed transaction by.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> signedTransaction) => Keccak256.Hash(signedTransaction);

    /// <summary>Strict inverse of <see cref="Encode"/>; also false for access lists, contract creation and high s.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out UnsignedTransaction? transaction,
        [NotNullWhen(true)] out EthereumSignature? signature)
    {
        transaction = null;
        signature = null;
        if (bytes.IsEmpty || bytes[0] != TypeByte)
        {
            return false;
        }

        var outer = new RlpReader(bytes[1..]);
        var fields = outer.ReadList();
        ulong chainId = fields.ReadUInt64();
        ulong nonce = fields.ReadUInt64();
        var priorityFee = fields.ReadScalar();
        var maxFee = fields.ReadScalar();
        ulong gas = fields.ReadUInt64();
        bool hasTo = WalletAddress.TryFrom(fields.ReadBytes(), out var to);
        var value = fields.ReadScalar();
        byte[] data = fields.ReadBytes().ToArray();
        bool noAccessList = fields.ReadList().Finish();
        ulong parity = fields.ReadUInt64();
        var r = fields.ReadScalar();
        var s = fields.ReadScalar();
        if (!fields.Finish() || !outer.Finish() || !hasTo || !noAccessList || parity > 1)
        {
            return false;
        }

        var raw = new byte[EthereumSignature.Size];
        CopyBigEndian(r, raw.AsSpan(0, 32));
        CopyBigEndian(s, raw.AsSpan(32, 32));
        raw[64] = (byte)(27 + parity);
        transaction = new UnsignedTransaction(chainId, nonce, priorityFee, maxFee, gas, to, value, data);
        return EthereumSignature.TryFrom(raw, out signature);
    }

    private static byte[][] Fields(UnsignedTransaction transaction) =>
    [
        RlpWriter.Scalar(transaction.ChainId),
        RlpWriter.Scalar(transaction.Nonce),
        RlpWriter.Scalar(transaction.MaxPriorityFeePerGas),
        RlpWriter.Scalar(transaction.MaxFeePerGas),
        RlpWriter.Scalar(transaction.GasLimit),
        RlpWriter.Bytes(transaction.To.ToArray()),
        RlpWriter.Scalar(transaction.Value),
        RlpWriter.Bytes(transaction.Data.Span),
        RlpWriter.List(),
    ];

    private static void CopyBigEndian(BigInteger value, Span<byte> destination)
    {
        destination.Clear();
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.CopyTo(destination[(destination.Length - bytes.Length)..]);
    }
}
