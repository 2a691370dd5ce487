using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>The hash chain of security events. Invariant 12 of docs/invariants.md.</summary>
public sealed class AuditLogTests
{
    [Property(MaxTest = 200)]
    public void Any_change_of_any_event_breaks_the_chain(int count, int at, byte what)
    {
        var clock = new ManualClock();
        var log = new AuditLog(clock, null);
        int events = Math.Abs(count % 20) + 2;
        for (int i = 0; i < events; i++)
        {
            clock.AdvanceMs(10);
            log.Record(AuditKind.Readiness, $"detail {i}");
        }

        var chain = log.Events.ToList();
        AuditLog.Verify(chain, Bytes32.Zero).ShouldBeTrue();
        int victim = (int)((uint)at % (uint)events);
        chain[victim] = (what % 5) switch
        {
            0 => chain[victim] with { Kind = AuditKind.InternalError },
            1 => chain[victim] with { Detail = "other" },
            2 => chain[victim] with { At = chain[victim].At + TimeSpan.FromTicks(1) },
            3 => chain[victim] with { Sequence = chain[victim].Sequence + 1 },
            _ => chain[victim] with { Hash = new string('0', 64) },
        };
        AuditLog.Verify(chain, Bytes32.Zero).ShouldBeFalse();
    }

    [Fact]
    public void Every_kind_has_a_stable_name_that_is_documented_and_no_other()
    {
        string docs = File.ReadAllText(Path.Combine(Conventions.Source.Root, "docs", "operations", "audit.md"));
        var described = Regex.Matches(docs, @"^\| `(?<name>[a-z_]+)` \|", RegexOptions.Multiline).Select(static row => row.Groups["name"].Value);
        described.ShouldBe(Enum.GetValues<AuditKind>().Select(AuditKinds.NameOf));
    }

    [Fact]
    public void The_boundary_between_kind_and_detail_is_part_of_the_hash()
    {
        AuditLog.Link(Bytes32.Zero, 1, TimeSpan.Zero, "ab", "c").ShouldNotBe(AuditLog.Link(Bytes32.Zero, 1, TimeSpan.Zero, "a", "bc"));
    }

    [Fact]
    public async Task The_log_is_bounded_and_the_host_sees_every_event_in_order()
    {
        var seen = new List<AuditEvent>();
        var log = new AuditLog(new ManualClock(), seen.Add);
        var delivery = log.DeliverAsync(thrown => throw new InvalidOperationException("no callback throws here", thrown));
        for (int i = 0; i < Limits.MaxAuditEvents + 10; i++)
        {
            log.Record(AuditKind.Readiness, "detail");
            while (seen.Count <= i)
            {
                await Task.Yield();
            }
        }

        log.Complete();
        await delivery;
        log.Events.Count.ShouldBe(Limits.MaxAuditEvents);
        log.Events[0].Sequence.ShouldBe(11);
        seen.Select(one => one.Sequence).ShouldBe(Enumerable.Range(1, Limits.MaxAuditEvents + 10).Select(one => (long)one));
        AuditLog.Verify(seen, Bytes32.Zero).ShouldBeTrue();
    }
}
