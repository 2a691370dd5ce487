using System.Globalization;
using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Node.Handover;
using Kms.Core.Primitives;

namespace Kms.Sim.Components;

/// <summary>What counts and what records.</summary>
internal static class LimitComponents
{
    /// <summary>No window hands over more than its share, however many ask at once.</summary>
    public static async Task TakeTogetherAsync(ComponentRun run)
    {
        var limiter = new HandoverLimiter(run.Clock);
        var instance = InstanceId.From(3);
        var hash = Bytes32.From(run.Random.Bytes(Bytes32.Size));
        int taken = 0;
        int asked = 0;
        Action take = () =>
        {
            for (int i = 0; i < Limits.MaxHandoversPerInstanceAndEpoch - 2; i++)
            {
                bool allowed = limiter.TryTake(instance, ComponentRing.One, hash);
                taken += allowed ? 1 : 0;
                asked++;
                run.Note("caller", allowed ? "took" : "none left");
            }
        };
        await ComponentRun.TogetherAsync(take, take, () => limiter.KeepOnly(new HashSet<InstanceId> { instance }));
        run.Require(taken == Math.Min(asked, Limits.MaxHandoversPerInstanceAndEpoch), "HandoverLimit", $"{taken} of {asked} were allowed");
        run.Clock.Jump(TimeSpan.FromMilliseconds(Limits.HandoverWindowMs));
        run.Require(limiter.TryTake(instance, ComponentRing.One, hash), "HandoverLimit", "a new window allows nothing");
    }

    /// <summary>The chain verifies and the host hears of the events in its order.</summary>
    public static async Task RecordTogetherAsync(ComponentRun run)
    {
        var heard = new List<AuditEvent>();
        var log = new AuditLog(run.Clock, heard.Add);
        var delivery = log.DeliverAsync(thrown => run.Require(false, "AuditChain", $"the host's callback threw {thrown.GetType().Name}"));
        Action record = () =>
        {
            for (int i = 0; i < 3; i++)
            {
                log.Record(AuditKind.Readiness, i.ToString(CultureInfo.InvariantCulture));
            }
        };
        await ComponentRun.TogetherAsync(record, record, record, () => run.Require(AuditLog.Verify(log.Events, Bytes32.Zero), "AuditChain", "a look in between does not verify"));
        log.Complete();
        await delivery;
        run.Note("world", heard[^1].Hash);
        run.Require(heard.Count == 9 && AuditLog.Verify(heard, Bytes32.Zero), "AuditChain", "what the host heard does not verify");
        run.Require(heard.SequenceEqual(log.Events), "AuditChain", "the host heard another order");
    }
}
