using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Pieces;

/// <summary>A chain whose head a caller moves while others read. One wallet, a right that ends at a block.</summary>
/// <param name="revokedFrom">First block that shows the instance stopped.</param>
internal sealed class PieceChain(ulong revokedFrom, ulong timestamp, bool servesRoots) : IChain
{
    private const ulong Depth = 1;

    public ulong Head { get; set; } = 10;

    /// <summary>Changes the hash of every block from here on: a reorganisation.</summary>
    public ulong ForkedFrom { get; set; } = ulong.MaxValue;

    public ChainIdentity Identity { get; } = new(31337, WalletAddress.Parse("0x00000000000000000000000000000000000c0de1"));

    public async Task<ChainResult<BlockRef>> GetHeadAsync(Finality finality, CancellationToken cancel)
    {
        await Task.Yield();
        return ChainResult<BlockRef>.Ok(Block(finality == Finality.Final ? Head - Depth : Head));
    }

    public async Task<ChainResult<BlockRef>> GetBlockAsync(ulong number, CancellationToken cancel)
    {
        await Task.Yield();
        return number > Head ? ChainResult<BlockRef>.Fail(ChainFailure.Unavailable, "not found") : ChainResult<BlockRef>.Ok(Block(number));
    }

    public async Task<ChainResult<WalletFacts>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel)
    {
        await Task.Yield();
        if (Block(at.Number) != at)
        {
            return ChainResult<WalletFacts>.Fail(ChainFailure.Reorged, "another block at the height");
        }

        var app = AppId.From(7);
        var version = VersionId.From(1);
        var status = IsRevokedAt(at.Number) ? InstanceStatus.Stopped : InstanceStatus.Active;
        return ChainResult<WalletFacts>.Ok(new WalletFacts(
            at,
            wallet,
            new InstanceRecord(InstanceId.From(1), app, version, wallet, null, "https://app.example", ZkVerified: true, status),
            new VersionRecord(app, version, VersionStatus.Enrolled, Block(1).Hash),
            new AppRecord(app, AppStatus.Active)));
    }

    public async Task<ChainResult<Bytes32>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel)
    {
        await Task.Yield();
        return servesRoots
            ? ChainResult<Bytes32>.Ok(Root(at.Number))
            : ChainResult<Bytes32>.Fail(ChainFailure.Unsupported, "no proofs");
    }

    public bool IsRevokedAt(ulong number) => number >= revokedFrom;

    public Task<ChainResult<RegistrySnapshot>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ChainResult<UnsignedTransaction>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ChainResult<Bytes32>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ChainResult<TransactionReceipt?>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) => throw new NotSupportedException();

    private static Bytes32 Hash(ulong number, byte kind) => Bytes32.From([kind, .. new byte[23], .. BitConverter.GetBytes(number)]);

    private BlockRef Block(ulong number) => new(number, Hash(number, number >= ForkedFrom ? (byte)2 : (byte)1), timestamp + number);

    private Bytes32 Root(ulong number) => Hash(IsRevokedAt(number) ? 1UL : 0UL, 3);
}
