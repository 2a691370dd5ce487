using Kms.Core.Primitives;
using Kms.Sim.Kernel;

namespace Kms.Sim.Chain;

/// <summary>What one RPC endpoint of one node shows of the chain: true at some block, but perhaps late, partial or on an orphan.</summary>
/// <param name="isLight">A light client: it gives no reasons for reverts, and proofs of the newest block only.</param>
internal sealed class SimRpcEndpoint(SimLedger ledger, bool isLight)
{
    /// <summary>Seconds after which a light client whose head stands still says so.</summary>
    private const ulong OutOfSyncAfterSeconds = 60;

    private readonly SimLedger _ledger = ledger;

    public bool IsLight { get; } = isLight;

    /// <summary>Blocks that it trails behind.</summary>
    public int LagBlocks { get; set; }

    /// <summary>Old but genuine head that it keeps serving, or the tip of a fork that it follows; null: it follows the chain.</summary>
    public SimBlock? Pinned { get; set; }

    /// <summary>The head that it shows for a minute and then calls out of sync; null: it follows the chain.</summary>
    public SimBlock? StandsStillAt { get; set; }

    public bool IsOutOfSync => _ledger.Head.Ref.TimestampSeconds > StandsStillAt?.Ref.TimestampSeconds + OutOfSyncAfterSeconds;

    /// <summary>Heights from here on are "not found", the head included in what it announces.</summary>
    public ulong? WithheldFrom { get; set; }

    public bool IsDown { get; set; }

    /// <summary>Of all calls, how many end in an error.</summary>
    public int ErrorPercent { get; set; }

    /// <summary>Accepts transactions and drops them.</summary>
    public bool Swallows { get; set; }

    /// <summary>Says "not found" of every receipt.</summary>
    public bool DeniesReceipts { get; set; }

    /// <summary>Says of every estimate that the call would revert, and not why.</summary>
    public bool RefusesEstimates { get; set; }

    /// <summary>The final head that it keeps showing while the latest moves on; null: it follows.</summary>
    public SimBlock? FinalPinned { get; set; }

    /// <summary>The platform's registry answers with zeros.</summary>
    public bool IsZeroed { get; set; }

    public TimeSpan ExtraLatency { get; set; }

    /// <summary>How long each answer takes; null: drawn.</summary>
    public TimeSpan? Pace { get; set; }

    public SimBlock Head
    {
        get
        {
            if ((Pinned ?? StandsStillAt) is { } shown)
            {
                return shown;
            }

            ulong head = _ledger.Head.Number;
            return _ledger.Canonical(head - Math.Min(head, (ulong)LagBlocks))!;
        }
    }

    /// <summary>The block at a height as this endpoint has it; null when it says "not found".</summary>
    public SimBlock? Find(ulong number) => number >= WithheldFrom ? null : _ledger.Ancestor(Head, number);

    public BlockRef HeadAt(int depth)
    {
        var head = Head;
        return depth == 0 ? head.Ref : _ledger.Ancestor(head, head.Number - Math.Min(head.Number, (ulong)depth))!.Ref;
    }

    public BlockRef FinalAt(int depth) => FinalPinned is { } pinned && pinned.Number <= Head.Number ? pinned.Ref : HeadAt(depth);

    public void Heal()
    {
        ErrorPercent = 0;
        Swallows = false;
        DeniesReceipts = false;
        RefusesEstimates = false;
        FinalPinned = null;
        StandsStillAt = null;
        IsZeroed = false;
        LagBlocks = 0;
        Pinned = null;
        WithheldFrom = null;
        IsDown = false;
        ExtraLatency = TimeSpan.Zero;
    }

    public TimeSpan Latency(SimRandom random) => (Pace ?? TimeSpan.FromMilliseconds(random.Between(2, 40))) + ExtraLatency;
}
