using System.Text.RegularExpressions;
using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Conventions;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>The two tables of readiness, each row and each pair: what follows from a reason, and what may come after what.</summary>
public sealed class ReadinessTableTests
{
    private static readonly NotReadyReason[] Reasons = Enum.GetValues<NotReadyReason>();

    [Fact]
    public void Every_reason_says_what_it_stops_and_what_is_done_all_the_same()
    {
        Reasons.ShouldAllBe(reason => Enum.IsDefined(NotReadyReasons.Of(reason).Stops) && Enum.IsDefined(NotReadyReasons.Of(reason).StillDoes));
        Should.Throw<InvariantException>(() => NotReadyReasons.Of((NotReadyReason)Reasons.Length));
        Reasons.Where(reason => NotReadyReasons.Of(reason).Stops != Stops.Everything).ShouldBe([NotReadyReason.Isolated, NotReadyReason.CatchingUp]);
    }

    [Fact]
    public void The_reasons_that_hide_who_is_a_member_are_those_that_the_document_lists()
    {
        var page = File.ReadAllText(Path.Combine(Source.Root, "docs/spec/status.md"));
        var listed = Regex.Match(page, @"cannot tell who is a member: reasons\s+([^.]*)\.").Groups[1].Value;
        var hide = Reasons.Where(reason => NotReadyReasons.Of(reason).StillDoes == StillDoes.Nothing).Select(ApiErrors.ReasonCode);
        Regex.Matches(listed, "`([a-z_]+)`").Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal)
            .ShouldBe(hide.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_of_all_pairs_is_allowed_or_not_as_the_table_says()
    {
        // Null is ready. What is not named here is allowed.
        NotReadyReason?[] all = [null, .. Reasons.Cast<NotReadyReason?>()];
        var never = all.SelectMany(from => ((NotReadyReason?[])[NotReadyReason.Isolated, NotReadyReason.CatchingUp]).Select(to => (from, to)));
        var stopped = all.Where(to => to != NotReadyReason.Stopping).Select(to => ((NotReadyReason?)NotReadyReason.Stopping, to));
        var forbidden = never.Concat(stopped).Append((null, NotReadyReason.Starting)).ToHashSet();

        int pairs = 0;
        foreach (var from in all)
        {
            foreach (var to in all)
            {
                ReadinessGate.Allows(Value(from), Value(to)).ShouldBe(!forbidden.Contains((from, to)), $"{Name(from)} to {Name(to)}");
                pairs++;
            }
        }

        pairs.ShouldBe(22 * 22);
    }

    [Fact]
    public void The_gate_moves_along_the_table_and_nowhere_else()
    {
        NotReadyReason?[] all = [null, .. Reasons.Cast<NotReadyReason?>()];
        foreach (var from in all.Where(from => from is not NotReadyReason.Isolated and not NotReadyReason.CatchingUp))
        {
            foreach (var to in all)
            {
                var gate = new ReadinessGate(new AuditLog(new ManualClock(), null), null);
                gate.MoveTo(Value(from)).ShouldBeTrue();
                var before = gate.Current;
                var next = Value(to);
                if (ReadinessGate.Allows(before, next))
                {
                    gate.MoveTo(next).ShouldBeTrue();
                    gate.Current.ShouldBe(next);
                }
                else if (from == NotReadyReason.Stopping)
                {
                    gate.MoveTo(next).ShouldBeFalse("it came late");
                    gate.Current.ShouldBe(before);
                }
                else
                {
                    Should.Throw<InvariantException>(() => gate.MoveTo(next));
                    gate.Current.ShouldBe(before);
                }
            }
        }
    }

    [Fact]
    public void Operators_see_a_line_when_what_is_served_changes_and_none_when_it_does_not()
    {
        var audit = new AuditLog(new ManualClock(), null);
        var gate = new ReadinessGate(audit, null);
        gate.MoveTo(Ready(reads: NotReadyReason.CatchingUp));
        gate.MoveTo(Ready());
        gate.MoveTo(Ready());
        gate.MoveTo(Ready(writes: NotReadyReason.Isolated));
        audit.Events.Select(one => one.Detail).ShouldBe(
        [
            "ready: default epoch 1, current epoch 1, reads refused: CatchingUp",
            "ready: default epoch 1, current epoch 1",
            "ready: default epoch 1, current epoch 1, writes refused: Isolated",
        ]);
    }

    [Fact]
    public void At_no_moment_does_a_node_say_another_thing_than_its_replication()
    {
        using var world = new TestWorld(3, 2);
        world.StartAll();
        int catchingUp = 0;
        world.RunUntil(
            () =>
            {
                foreach (var node in world.Nodes.Where(node => node.Readiness is Readiness.Ready))
                {
                    (node.Readiness.ReadsRefused is null).ShouldBe(node.Parts!.Replicator.IsCaughtUp);
                    (node.Readiness.WritesRefused is null).ShouldBe(node.Parts!.Replicator.AcceptsWrites);
                    catchingUp += node.Readiness.ReadsRefused?.Reason == NotReadyReason.CatchingUp ? 1 : 0;
                }

                return world.AllReady() && world.Nodes.All(node => node.Readiness.ReadsRefused is null);
            },
            120).ShouldBeTrue(world.Describe());
        catchingUp.ShouldBePositive();
    }

    private static string Name(NotReadyReason? reason) => reason?.ToString() ?? "ready";

    private static Readiness Value(NotReadyReason? reason) => reason is { } not ? new Readiness.NotReady(not, "detail") : Ready();

    private static Readiness.Ready Ready(NotReadyReason? reads = null, NotReadyReason? writes = null) => Readiness.Ready.Of(
        Views.View(Views.Kms(Views.Active(1, 1))), Views.Wallet(1), [new HeldSecret(Epoch.From(1), Views.Hash(1), SecretState.Active, true, 0)], null,
        reads is { } one ? new Readiness.NotReady(one, "detail") : null,
        writes is { } other ? new Readiness.NotReady(other, "detail") : null)!;
}
