using System.Buffers.Binary;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>A transaction in the simulated mempool or a block.</summary>
/// <param name="Fee">Wei for each unit of gas at most.</param>
/// <param name="NotBefore">The block producers leave it lying until this height (adversarial mempool).</param>
internal sealed record SimTransaction(Bytes32 Hash, WalletAddress From, ulong? Nonce, ulong Fee, SimCall Call, ulong NotBefore)
{
    private const byte ProposeTag = 1;
    private const byte ConfirmTag = 2;
    private const byte SyncTag = 3;
    private const int HeadBytes = WalletAddress.Size + 8 + 8;

    /// <summary>What <see cref="UnsignedTransaction.Data"/> holds in the simulator; only the simulated Odyn and chain read it.</summary>
    public static byte[] Encode(RegistryCall call)
    {
        var data = new byte[1 + Bytes32.Size + 8];
        switch (call)
        {
            case RegistryCall.Propose propose:
                data[0] = ProposeTag;
                propose.Hash.CopyTo(data.AsSpan(1));
                BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(1 + Bytes32.Size), propose.Epoch.Value);
                break;
            case RegistryCall.Confirm confirm:
                data[0] = ConfirmTag;
                confirm.Hash.CopyTo(data.AsSpan(1));
                BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(1 + Bytes32.Size), confirm.ProposalId);
                break;
            case RegistryCall.SyncOperator sync:
                data[0] = SyncTag;
                sync.Wallet.CopyTo(data.AsSpan(1));
                break;
            default:
                throw new InvalidOperationException($"no such call: {call}");
        }

        return data;
    }

    /// <summary>The simulated Odyn's signed form: sender, nonce, fee, data.</summary>
    public static byte[] Sign(WalletAddress from, UnsignedTransaction transaction)
    {
        var bytes = new byte[HeadBytes + transaction.Data.Length];
        from.CopyTo(bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(WalletAddress.Size), transaction.Nonce);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(WalletAddress.Size + 8), (ulong)transaction.MaxFeePerGas);
        transaction.Data.Span.CopyTo(bytes.AsSpan(HeadBytes));
        return bytes;
    }

    public static SimTransaction Parse(ReadOnlySpan<byte> signed)
    {
        var data = signed[HeadBytes..];
        var hash = Bytes32.From(data.Slice(1, Bytes32.Size));
        ulong number = BinaryPrimitives.ReadUInt64BigEndian(data[(1 + Bytes32.Size)..]);
        SimCall call = data[0] switch
        {
            ProposeTag => new SimCall.Propose(hash, number),
            ConfirmTag => new SimCall.Confirm(number, hash),
            SyncTag => new SimCall.SyncOperator(WalletAddress.From(data.Slice(1, WalletAddress.Size))),
            _ => throw new InvalidOperationException($"no such call: {data[0]}"),
        };

        // As on any EVM chain: nodes look for the receipts of exactly this hash.
        return new SimTransaction(
            Keccak256.Hash(signed),
            WalletAddress.From(signed[..WalletAddress.Size]),
            BinaryPrimitives.ReadUInt64BigEndian(signed[WalletAddress.Size..]),
            BinaryPrimitives.ReadUInt64BigEndian(signed[(WalletAddress.Size + 8)..]),
            call,
            0);
    }
}
