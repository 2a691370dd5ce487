using System.Globalization;
using System.Numerics;
using Nethereum.RLP;

namespace Kms.Devnet.Odyn;

/// <summary>Signs type-2 transactions (EIP-1559) as Odyn's <c>/v1/eth/sign-tx</c> does.</summary>
internal static class Eip1559
{
    private const byte Type = 0x02;
    private const int MaxDataBytes = 128 * 1024;

    /// <summary>The signed transaction and the signature (r ‖ s ‖ v with v 27 or 28), or false when the payload is malformed.</summary>
    public static bool TrySign(EmulatedEnclave enclave, OdynWire.TransactionPayload payload, out byte[] signed, out EthereumSignature? signature)
    {
        signed = [];
        signature = null;
        if (!TryUnsignedFields(payload, out byte[] fields))
        {
            return false;
        }

        signature = enclave.SignDigest(Keccak256.Hash([Type, .. RLP.EncodeList(fields)]));
        var bytes = signature.Bytes.Span;
        signed =
        [
            Type,
            .. RLP.EncodeList(
                fields,
                Scalar(bytes[64] - 27),
                Scalar(new BigInteger(bytes[..32], isUnsigned: true, isBigEndian: true)),
                Scalar(new BigInteger(bytes[32..64], isUnsigned: true, isBigEndian: true))),
        ];
        return true;
    }

    private static bool TryUnsignedFields(OdynWire.TransactionPayload payload, out byte[] fields)
    {
        fields = [];
        switch (payload.Kind)
        {
            case "raw_rlp":
                if (payload.RawPayload is null
                    || !Hex.TryDecode(payload.RawPayload, MaxDataBytes, out byte[] raw)
                    || raw.Length == 0
                    || !TryReadList(raw[0] == Type ? raw.AsSpan(1) : raw, out var body))
                {
                    return false;
                }

                fields = body.ToArray();
                return true;
            case "structured":
                return TryStructured(payload, out fields);
            default:
                return false;
        }
    }

    private static bool TryStructured(OdynWire.TransactionPayload payload, out byte[] fields)
    {
        fields = [];
        if (!TryNumber(payload.ChainId, out var chainId)
            || !TryNumber(payload.Nonce, out var nonce)
            || !TryNumber(payload.MaxPriorityFeePerGas, out var priorityFee)
            || !TryNumber(payload.MaxFeePerGas, out var fee)
            || !TryNumber(payload.GasLimit, out var gas)
            || !TryNumber(payload.Value ?? "0x0", out var value)
            || !WalletAddress.TryParse(payload.To, out var to)
            || !Hex.TryDecode(payload.Data ?? "0x", MaxDataBytes, out byte[] data)
            || !TryAccessList(payload.AccessList ?? [], out byte[] accessList))
        {
            return false;
        }

        fields =
        [
            .. Scalar(chainId), .. Scalar(nonce), .. Scalar(priorityFee), .. Scalar(fee), .. Scalar(gas),
            .. RLP.EncodeElement(to.ToArray()), .. Scalar(value), .. RLP.EncodeElement(data), .. accessList,
        ];
        return true;
    }

    private static bool TryAccessList(IReadOnlyList<OdynWire.AccessEntry> entries, out byte[] encoded)
    {
        encoded = [];
        var items = new List<byte[]>();
        foreach (var entry in entries)
        {
            var keys = new List<byte[]>();
            foreach (string key in entry.StorageKeys ?? [])
            {
                if (!Bytes32.TryParse(key, out var slot))
                {
                    return false;
                }

                keys.Add(RLP.EncodeElement(slot.ToArray()));
            }

            if (!WalletAddress.TryParse(entry.Address, out var address))
            {
                return false;
            }

            items.Add(RLP.EncodeList(RLP.EncodeElement(address.ToArray()), RLP.EncodeList([.. keys])));
        }

        encoded = RLP.EncodeList([.. items]);
        return true;
    }

    // The payload of a list that fills the input exactly: raw requests are signed as they are, not re-encoded.
    private static bool TryReadList(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (input.IsEmpty || input[0] < 0xc0)
        {
            return false;
        }

        int sizeBytes = input[0] < 0xf8 ? 0 : input[0] - 0xf7;
        if (sizeBytes > 4 || input.Length < 1 + sizeBytes)
        {
            return false;
        }

        long size = sizeBytes == 0 ? input[0] - 0xc0 : (long)new BigInteger(input.Slice(1, sizeBytes), isUnsigned: true, isBigEndian: true);
        payload = input[(1 + sizeBytes)..];
        return payload.Length == size;
    }

    private static byte[] Scalar(BigInteger value) => RLP.EncodeElement(value.ToBytesForRLPEncoding());

    private static bool TryNumber(string? text, out BigInteger number)
    {
        number = default;
        // The leading zero keeps BigInteger from reading the top bit as a sign.
        return text is not null
            && text.StartsWith("0x", StringComparison.Ordinal)
            && text.Length is > 2 and <= 66
            && BigInteger.TryParse("0" + text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number);
    }
}
