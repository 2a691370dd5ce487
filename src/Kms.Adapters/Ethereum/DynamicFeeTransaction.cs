using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Nethereum.Hex.HexConvertors.Extensions;
using Nethereum.Model;

namespace Kms.Adapters.Ethereum;

/// <summary>Type-2 transactions (EIP-1559), without access list, by Nethereum.Model: encoding, signing digest, hash, and the way back.</summary>
internal static class DynamicFeeTransaction
{
    private const byte StringCode = 0x80;
    private const byte ListCode = 0xc0;

    /// <summary>What the sender signs.</summary>
    public static Bytes32 SigningDigest(UnsignedTransaction transaction) => Keccak256.Hash(Model(transaction, null).GetRLPEncodedRaw());

    /// <summary>The signed transaction as it is submitted.</summary>
    public static byte[] Encode(UnsignedTransaction transaction, EthereumSignature signature)
    {
        var bytes = signature.Bytes.Span;
        return Model(transaction, new Signature(bytes[..32].ToArray(), bytes[32..64].ToArray(), [(byte)(bytes[64] - 27)])).GetRLPEncoded();
    }

    /// <summary>The hash that the network knows a signed transaction by.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> signedTransaction) => Keccak256.Hash(signedTransaction);

    /// <summary>Strict inverse of <see cref="Encode"/>; also false for access lists, contract creation, high s, and beyond <see cref="Limits.MaxTransactionBytes"/>.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out UnsignedTransaction? transaction,
        [NotNullWhen(true)] out EthereumSignature? signature)
    {
        transaction = null;
        signature = null;
        if (bytes.Length > Limits.MaxTransactionBytes || bytes.IsEmpty || !IsFlatList(bytes[1..]))
        {
            return false;
        }

        byte[] raw = bytes.ToArray();
        var signed = LibraryRead.OrNull(() => Read(Transaction1559Encoder.Current.Decode(raw)) is { } read
            && Encode(read.Transaction, read.Signature).AsSpan().SequenceEqual(raw) ? read : null);
        (transaction, signature) = (signed?.Transaction, signed?.Signature);
        return transaction is not null && signature is not null;
    }

    /// <summary>
    /// One list that fills the bytes, of strings that end inside it and of empty lists. Nethereum's reader makes an array of whatever length is
    /// claimed before it looks whether there is as much, and goes a frame of the stack deeper for each list in a list.
    /// </summary>
    private static bool IsFlatList(ReadOnlySpan<byte> list)
    {
        if (!TryHeader(list, out int start, out int length) || list[0] < ListCode || start + length != list.Length)
        {
            return false;
        }

        for (var rest = list[start..]; !rest.IsEmpty; rest = rest[(start + length)..])
        {
            if (!TryHeader(rest, out start, out length) || (rest[0] >= ListCode && length > 0))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where an item's content starts and how long it is. Nothing within the limit has a length of more than two bytes.</summary>
    private static bool TryHeader(ReadOnlySpan<byte> item, out int start, out int length)
    {
        const int MaxShort = 55;
        int code = item.IsEmpty || item[0] < StringCode ? -1 : (item[0] - StringCode) % (ListCode - StringCode);
        int sizeBytes = Math.Max(code - MaxShort, 0);
        start = code < 0 ? 0 : 1 + sizeBytes;
        length = code < 0 ? 1 : code;
        if (sizeBytes > 2 || start > item.Length)
        {
            return false;
        }

        if (sizeBytes > 0)
        {
            length = sizeBytes == 1 ? item[1] : (item[1] << 8) | item[2];
        }

        return length <= item.Length - start;
    }

    // Throws where a number is too large for its place; who calls takes that for malformed.
    private static Signed? Read(Transaction1559 model)
    {
        var raw = new byte[EthereumSignature.Size];
        model.Signature.R.CopyTo(raw, 32 - model.Signature.R.Length);
        model.Signature.S.CopyTo(raw, 64 - model.Signature.S.Length);
        raw[64] = model.Signature.V is [1] ? (byte)28 : (byte)27;
        return model.AccessList is null or []
            && IsWord(model.MaxPriorityFeePerGas) && IsWord(model.MaxFeePerGas) && IsWord(model.Amount)
            && WalletAddress.TryParse(model.ReceiverAddress, out var to)
            && Hex.TryDecode(model.Data.EnsureHexPrefix(), Limits.MaxTransactionBytes, out byte[] data)
            && EthereumSignature.TryFrom(raw, out var signature)
            ? new Signed(
                new UnsignedTransaction(
                    (ulong)model.ChainId,
                    (ulong)(model.Nonce ?? 0),
                    model.MaxPriorityFeePerGas ?? 0,
                    model.MaxFeePerGas ?? 0,
                    (ulong)(model.GasLimit ?? 0),
                    to,
                    model.Amount ?? 0,
                    data),
                signature)
            : null;
    }

    private static bool IsWord(BigInteger? value) => value is null || value.Value.GetBitLength() <= 256;

    private static Transaction1559 Model(UnsignedTransaction transaction, Signature? signature) => new(
        transaction.ChainId,
        transaction.Nonce,
        transaction.MaxPriorityFeePerGas,
        transaction.MaxFeePerGas,
        transaction.GasLimit,
        transaction.To.ToString(),
        transaction.Value,
        Hex.Encode(transaction.Data.Span),
        [],
        signature);

    private sealed record Signed(UnsignedTransaction Transaction, EthereumSignature Signature);
}
