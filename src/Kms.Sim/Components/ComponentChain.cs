using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Sim.Components;

/// <summary>A chain whose head a caller moves while others read. One wallet, a right that ends at a block.</summary>
/// <param name="revokedFrom">First block that shows the instance stopped.</param>
internal sealed class ComponentChain(ulong revokedFrom, ulong timestamp, bool servesRoots) : IChain
{
    private const ulong Depth = 1;

    public ulong Head { get; set; } = 10;

    /// <summary>Changes the hash of every block from here on: a reorganisation.</summary>
    public ulong ForkedFrom { get; set; } = ulong.MaxValue;

    public ChainIdentity Identity { get; } = new(31337, WalletAddress.Parse("0x00000000000000000000000000000000000c0de1"));

    public async Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel)
    {
        await Task.Yield();
        return Result<BlockRef, ChainFailure>.Ok(Block(finality == Finality.Final ? Head - Depth : Head));
    }

    public async Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel)
    {
        await Task.Yield();
        return number > Head ? Result<BlockRef, ChainFailure>.Fail(ChainFailure.Unavailable, "not found") : Result<BlockRef, ChainFailure>.Ok(Block(number));
    }

    public async Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel)
    {
        await Task.Yield();
        if (Block(at.Number) != at)
        {
            return Result<WalletFacts, ChainFailure>.Fail(ChainFailure.Reorged, "another block at the height");
        }

        var app = AppId.From(7);
        var version = VersionId.From(1);
        var status = IsRevokedAt(at.Number) ? InstanceStatus.Stopped : InstanceStatus.Active;
        return Result<WalletFacts, ChainFailure>.Ok(new WalletFacts(
            at,
            wallet,
            new InstanceRecord(InstanceId.From(1), app, version, wallet, null, "https://app.example", ZkVerified: true, status),
            new VersionRecord(app, version, VersionStatus.Enrolled, Block(1).Hash),
            new AppRecord(app, AppStatus.Active)));
    }

    public async Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel)
    {
        await Task.Yield();
        return servesRoots
            ? Result<Bytes32, ChainFailure>.Ok(Root(at.Number))
            : Result<Bytes32, ChainFailure>.Fail(ChainFailure.Unsupported, "no proofs");
    }

    public bool IsRevokedAt(ulong number) => number >= revokedFrom;

    public Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<UnsignedTransaction, ChainFailure>> PrepareAsync(
        RegistryCall call, WalletAddress from, IReadOnlyList<UnsignedTransaction> underWay, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<Bytes32, ChainFailure>> SubmitAsync(ReadOnlyMemory<byte> signedTransaction, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<TransactionReceipt?, ChainFailure>> FindReceiptAsync(Bytes32 transactionHash, CancellationToken cancel) => throw new NotSupportedException();

    private static Bytes32 Hash(ulong number, byte kind) => Bytes32.From([kind, .. new byte[23], .. BitConverter.GetBytes(number)]);

    private BlockRef Block(ulong number) => new(number, Hash(number, number >= ForkedFrom ? (byte)2 : (byte)1), timestamp + number);

    private Bytes32 Root(ulong number) => Hash(IsRevokedAt(number) ? 1UL : 0UL, 3);
}
