using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>Reads at exactly one block, one HTTP request per batch, and tells a reorg from an RPC that knows no better.</summary>
/// <remarks>
/// Every batch also reads the header at the pinned height. A different hash there is the only proof of a reorg; a missing
/// one, or "not found" for the pin, proves nothing (Helios says so whenever its own upstream withholds a block). The
/// header is read under EIP-1898 too: Helios ignores <c>requireCanonical</c> and serves replaced blocks by hash.
/// </remarks>
internal sealed class PinnedReader
{
    // No block has this hash: an endpoint that answers a call pinned to it ignores the pin.
    private static readonly Bytes32 NoSuchBlock = Bytes32.Parse("0x6e6f20626c6f636b2068617320746869732068617368206e6f20626c6f636b21");

    private readonly RpcPool _pool;
    private readonly PinnedCall _probe;

    public PinnedReader(RpcPool pool, WalletAddress probeTarget)
    {
        _pool = pool;
        _probe = PinnedCall.EthCall(probeTarget, AbiCalls.NovaAppRegistry());
    }

    /// <summary>The answers to the calls, all from the pinned block; single calls may have failed.</summary>
    public async Task<Result<RpcAnswer[], ChainFailure>> ReadAsync(BlockRef at, IReadOnlyList<PinnedCall> calls, CancellationToken cancel)
    {
        var endpoint = _pool.Current;
        var mode = endpoint.Pins;
        var header = HeaderAt(at.Number);
        var batch = new List<RpcCall>(calls.Count + 4) { header };
        batch.AddRange(calls.Select(call => mode == PinMode.ByHash ? call.AtHash(at.Hash) : call.AtNumber(at.Number)));
        batch.Add(header);
        if (mode == PinMode.Unknown)
        {
            batch.Add(_probe.AtHash(NoSuchBlock));
            batch.Add(_probe.AtHash(at.Hash));
        }

        var sent = await _pool.SendAsync(endpoint, batch, cancel);
        if (!sent.TryGet(out var answers))
        {
            return sent;
        }

        int after = calls.Count + 1;
        if (Compare(answers[0], at) is { } before)
        {
            return before;
        }

        if (Compare(answers[after], at) is { } afterwards)
        {
            return afterwards;
        }

        if (mode == PinMode.Unknown && IsAnswered(answers[after + 2]))
        {
            endpoint.Pins = IsAnswered(answers[after + 1]) ? PinMode.ByNumber : PinMode.ByHash;
        }
        else if (mode == PinMode.Unknown)
        {
            endpoint.Pins = PinMode.ByNumber;
        }

        var results = answers[1..after];
        if (mode == PinMode.ByHash && Array.Exists(results, static answer => answer.Error is { IsUnsupported: false }))
        {
            endpoint.Pins = PinMode.Unknown; // another server may have taken over behind the same URL
        }

        return Result<RpcAnswer[], ChainFailure>.Ok(results);
    }

    public static RpcCall HeaderAt(ulong number) => HeadReader.Tagged(RpcJson.Quantity(number));

    private static bool IsAnswered(RpcAnswer answer) => answer.Error is null && RpcJson.TryData(answer.Result, out _);

    private static Result<RpcAnswer[], ChainFailure>? Compare(RpcAnswer answer, BlockRef at)
    {
        if (answer.Error is { } error)
        {
            return Fail(ChainFailure.Unavailable, $"header {at.Number}: {error}");
        }

        if (!RpcJson.TryHeader(answer.Result, out var block) || block.Number != at.Number)
        {
            return Fail(ChainFailure.Unavailable, $"header {at.Number}: not found");
        }

        return block.Hash == at.Hash ? null : Fail(ChainFailure.Reorged, $"block {at.Number} is {block.Hash}, not {at.Hash}");
    }

    private static Result<RpcAnswer[], ChainFailure> Fail(ChainFailure failure, string detail) => Result<RpcAnswer[], ChainFailure>.Fail(failure, detail);
}
