using System.Numerics;
using System.Text;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Fuzz;

/// <summary>What an RPC says: JSON-RPC, ABI, RLP, revert data.</summary>
internal static class ChainTargets
{
    private static readonly WalletAddress Wallet = WalletAddress.Parse("0x1111111111111111111111111111111111111111");

    private static readonly byte[][] Batches =
    [
        Encoding.UTF8.GetBytes("""[{"jsonrpc":"2.0","id":1,"result":{"number":"0x1","hash":"0x1111111111111111111111111111111111111111111111111111111111111111","timestamp":"0x5"}},{"jsonrpc":"2.0","id":2,"result":"0x01"}]"""),
        Encoding.UTF8.GetBytes("""[{"jsonrpc":"2.0","id":2,"error":{"code":3,"message":"m","data":"0x08c379a0"}},{"jsonrpc":"2.0","id":1,"result":null}]"""),
        Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"rate limited"}}"""),
    ];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("rpc", ReadRpc, () => Batches),
        new("rpc-structure", input => ReadRpc(new Draws(input).Mutate(Batches, cbor: false, out _)), () => Draws.Seeds(Batches.Length)),
        new("abi", ReadAbi, AbiSeeds),
        new("rlp", ReadTransaction, () => [SignedTransaction()]),
        new("revert", input => RevertReason.Describe(input), () => [Convert.FromHexString("08c379a0"), Convert.FromHexString("4e487b71"), [.. Convert.FromHexString("08c379a0"), .. Words(32, 1, 0x61)]]),
    ];

    private static void ReadRpc(byte[] input)
    {
        var answers = RpcJson.ReadBatch(input, 1, 2, out string refusal);
        FuzzFailureException.Demand(answers is not null || refusal.Length > 0, "neither answers nor a refusal");
        foreach (var (result, error) in answers ?? [])
        {
            _ = error?.ToString();
            _ = RevertReason.Describe(error is null ? default : error.Data.Span);
            RpcJson.TryHeader(result, out var block);
            FuzzFailureException.Demand(block.Number < ulong.MaxValue, "a height that nothing can be added to");
            RpcJson.TryQuantity(result, out var number);
            FuzzFailureException.Demand(number.Sign >= 0 && number.GetBitLength() <= 256, "no quantity");
            RpcJson.TryUInt64(result, out _);
            RpcJson.TryData(result, out _);
            RpcJson.TryHash(result["hash"], out _);
        }
    }

    /// <summary>The first byte says as what the rest is read.</summary>
    private static void ReadAbi(byte[] input)
    {
        var data = input.AsSpan(Math.Min(1, input.Length));
        switch (input.Length == 0 ? 0 : input[0] % 9)
        {
            case 0:
                AbiAnswers.TryNodeState(data, out _);
                break;
            case 1:
                AbiAnswers.TryEpochs(data, (ulong)(data.Length / 160), out _);
                break;
            case 2:
                AbiAnswers.TryWallets(data, Limits.MaxOperators, out _);
                break;
            case 3:
                AbiAnswers.TryHasConfirmed(data, out _);
                break;
            case 4:
                AbiAnswers.TryBarredUntil(data, out _);
                break;
            case 5:
                AbiAnswers.TryNovaAppRegistry(data, out _);
                break;
            case 6:
                AbiAnswers.TryApp(data, AppId.From(1), out _);
                break;
            case 7:
                AbiAnswers.TryVersion(data, AppId.From(1), VersionId.From(1), out _);
                break;
            default:
                AbiAnswers.TryInstance(data, Wallet, out _);
                break;
        }
    }

    private static IEnumerable<byte[]> AbiSeeds() =>
    [
        [0, .. Words([32, 1, 1, 1, 1, 0, 0, 3, 100, 0, 0, 0, 0, 0, 0, 0, 0, 544, 1, 7])],
        [1, .. Words(32, 1, 5, 1, 9, 3, 0)],
        [2, .. Words(32, 2, 1, 2)],
        [3, .. Words(1)],
        [4, .. Words(77)],
        [5, .. Words(1)],
        [6, .. Words(32, 1, 1, 0, 0, 256, 1, 1, 0, 0)],
        [6, .. Words(32, 1, 1, 0, 0, 288, 1, 1, 0, 1, 0)],
        [7, .. Words(32, 1, 320, 5, 352, 384, 416, 448, 0, 0, 1, 0, 0, 0, 0, 0)],
        [8, .. Words(32, 1, 1, 1, 1, 320, 352, 1, 1, 0, 0, 0, 0)],
    ];

    private static byte[] Words(params ulong[] words) =>
        [.. words.SelectMany(word => (byte[])[.. new byte[24], .. BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word))])];

    private static void ReadTransaction(byte[] input)
    {
        if (DynamicFeeTransaction.TryDecode(input, out var transaction, out var signature))
        {
            FuzzFailureException.Demand(DynamicFeeTransaction.Encode(transaction, signature).AsSpan().SequenceEqual(input), "two encodings of one transaction");
            signature.TryRecoverDigest(DynamicFeeTransaction.SigningDigest(transaction), out _);
        }
    }

    private static byte[] SignedTransaction()
    {
        var transaction = new UnsignedTransaction(8453, 3, 1_000_000_000, new BigInteger(2_000_000_000), 100_000, Wallet, BigInteger.Zero, new byte[68]);
        byte[] bytes = [.. Enumerable.Repeat((byte)1, 64), 27];
        return EthereumSignature.TryFrom(bytes, out var signature) ? DynamicFeeTransaction.Encode(transaction, signature) : [];
    }
}
