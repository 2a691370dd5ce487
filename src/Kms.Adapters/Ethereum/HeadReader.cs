using Kms.Core.Json;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>Block headers by finality and by height.</summary>
internal sealed class HeadReader(RpcPool pool, FinalityRule rule)
{
    public async Task<Result<BlockRef, ChainFailure>> GetHeadAsync(Finality finality, CancellationToken cancel)
    {
        if (finality == Finality.Latest)
        {
            return await ReadAsync(Tagged("latest"), "latest", cancel);
        }

        if (rule is FinalityRule.Tag tag)
        {
            return await ReadAsync(Tagged(tag.Name), tag.Name, cancel);
        }

        ulong depth = ((FinalityRule.Depth)rule).Blocks;
        var latest = await ReadAsync(Tagged("latest"), "latest", cancel);
        return latest.TryGet(out var head) && depth > 0 ? await GetBlockAsync(head.Number - Math.Min(depth, head.Number), cancel) : latest;
    }

    public async Task<Result<BlockRef, ChainFailure>> GetBlockAsync(ulong number, CancellationToken cancel)
    {
        var result = await ReadAsync(PinnedReader.HeaderAt(number), $"{number}", cancel);
        return result.TryGet(out var block) && block.Number != number ? Unavailable($"header {number}: another height") : result;
    }

    /// <summary>
    /// Whether the RPC, which shows its latest block, has one for the tag of the final view; true without a tag. Unavailable while it
    /// shows no latest block, and when it errs: full nodes that just started have a tag later.
    /// </summary>
    public async Task<Result<bool, ChainFailure>> AnswersTagAsync(CancellationToken cancel)
    {
        if (rule is not FinalityRule.Tag tag)
        {
            return Result<bool, ChainFailure>.Ok(true);
        }

        var sent = await pool.SendAsync([Tagged("latest"), Tagged(tag.Name)], cancel);
        if (!sent.TryGet(out var answers))
        {
            return sent.As<bool>();
        }

        bool isSaid = RpcJson.TryHeader(answers[0].Result, out _) && answers[1].Error is null;
        return isSaid
            ? Result<bool, ChainFailure>.Ok(answers[1].Result.Kind != JsonKind.Null)
            : Result<bool, ChainFailure>.Fail(ChainFailure.Unavailable, $"header {tag.Name}: {answers[1].Error}");
    }

    public static RpcCall Tagged(string tag) => new("eth_getBlockByNumber", tag, false);

    private async Task<Result<BlockRef, ChainFailure>> ReadAsync(RpcCall call, string what, CancellationToken cancel)
    {
        var sent = await pool.SendAsync([call], cancel);
        if (!sent.TryGet(out var answers))
        {
            return sent.As<BlockRef>();
        }

        if (answers[0].Error is { } error)
        {
            return Unavailable($"header {what}: {error}");
        }

        return answers[0].Result.Kind == JsonKind.Null
            ? Unavailable($"header {what}: not found")
            : RpcJson.TryHeader(answers[0].Result, out var block) ? Result<BlockRef, ChainFailure>.Ok(block) : Unavailable($"header {what}: malformed");
    }

    private static Result<BlockRef, ChainFailure> Unavailable(string detail) => Result<BlockRef, ChainFailure>.Fail(ChainFailure.Unavailable, detail);
}
