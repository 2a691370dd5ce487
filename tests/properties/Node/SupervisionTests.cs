using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;
using Kms.Properties.Fakes;
using Kms.Properties.Pipeline;

namespace Kms.Properties.Node;

/// <summary>What fails behind one border harms nothing behind another. Only a broken ring of secrets comes through.</summary>
public sealed class SupervisionTests
{
    private const long RetryMs = 1_000;
    private const long MaxBackoffMs = 15_000;

    private readonly ManualClock _clock = new();
    private readonly AuditLog _audit;
    private readonly InternalErrors _errors;

    public SupervisionTests()
    {
        _audit = new AuditLog(_clock, null);
        _errors = new InternalErrors(_audit, _clock);
    }

    [Fact]
    public async Task An_unexpected_exception_is_counted_and_told_by_its_unit_and_kind_and_never_by_its_message()
    {
        (await _errors.GuardAsync(WorkUnit.Probe, Throwing, default)).ShouldBeFalse();

        _errors.Counts.ShouldBe(new Dictionary<WorkUnit, long> { [WorkUnit.Probe] = 1 });
        var told = _audit.Events.ShouldHaveSingleItem();
        told.Kind.ShouldBe(AuditKind.InternalError);
        told.Detail.ShouldStartWith("Probe: FormatException (");
        told.Detail.ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task However_many_exceptions_a_unit_has_the_audit_log_tells_them_at_intervals_and_all_are_counted()
    {
        for (int i = 0; i < 100; i++)
        {
            await _errors.GuardAsync(WorkUnit.Request, Throwing, default);
        }

        _audit.Events.Count.ShouldBe(1);
        await _errors.GuardAsync(WorkUnit.ReplicationJoin, Throwing, default);
        _audit.Events.Count.ShouldBe(2, "each unit on its own");
        _clock.AdvanceMs(Limits.InternalErrorAuditMs - 1);
        await _errors.GuardAsync(WorkUnit.Request, Throwing, default);
        _audit.Events.Count.ShouldBe(2);
        _clock.AdvanceMs(1);
        await _errors.GuardAsync(WorkUnit.Request, Throwing, default);
        _audit.Events[^1].Detail.ShouldEndWith("(102 so far)");
    }

    [Fact]
    public async Task A_broken_ring_and_the_stop_that_was_asked_for_come_through()
    {
        await Should.ThrowAsync<BrokenRingException>(() => _errors.GuardAsync(WorkUnit.Settling, () => throw new BrokenRingException("x"), default));
        Should.Throw<BrokenRingException>(() => _errors.Guard(WorkUnit.Settling, () => throw new BrokenRingException("x")));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(
            () => _errors.GuardAsync(WorkUnit.ReplicationJoin, () => Task.FromCanceled(stop.Token), stop.Token));

        // A cancellation that nobody asked for is an error like any other.
        (await _errors.GuardAsync(WorkUnit.ReplicationJoin, () => Task.FromCanceled(stop.Token), default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_unit_that_throws_is_tried_again_ever_later_and_as_usual_after_it_succeeded()
    {
        var unit = new SupervisedUnit(WorkUnit.Probes, _clock, _errors, RetryMs, MaxBackoffMs);
        int runs = 0;
        bool throws = true;
        Task<bool> Work()
        {
            runs++;
            return throws ? throw new FormatException() : Task.FromResult(true);
        }

        await unit.ObserveAsync(Work, default);
        long waitMs = Limits.UnitBackoffMs;
        for (int i = 1; i < 8; i++)
        {
            runs.ShouldBe(i);
            _clock.AdvanceMs(waitMs - 1);
            unit.RequestNow();
            await unit.ObserveAsync(Work, default);
            runs.ShouldBe(i, "a request does not shorten a backoff");
            _clock.AdvanceMs(1);
            throws = i < 7;
            await unit.ObserveAsync(Work, default);
            waitMs = Math.Min(MaxBackoffMs, waitMs * 2);
        }

        runs.ShouldBe(8);
        await unit.ObserveAsync(Work, default);
        runs.ShouldBe(8);
        unit.RequestNow();
        await unit.ObserveAsync(Work, default);
        runs.ShouldBe(9, "well again, a request counts");
    }

    [Fact]
    public async Task Unfinished_business_is_tried_again_soon_then_ever_later_and_at_once_when_asked_for()
    {
        var unit = new SupervisedUnit(WorkUnit.RegistryCalls, _clock, _errors, RetryMs, MaxBackoffMs);
        int runs = 0;
        bool finished = false;
        Task<bool> Work()
        {
            runs++;
            return Task.FromResult(finished);
        }

        await unit.ObserveAsync(Work, default);
        foreach (long waitMs in (long[])[1_000, 2_000, 4_000, 8_000, MaxBackoffMs, MaxBackoffMs])
        {
            int before = runs;
            _clock.AdvanceMs(waitMs - 1);
            await unit.ObserveAsync(Work, default);
            runs.ShouldBe(before);
            _clock.AdvanceMs(1);
            await unit.ObserveAsync(Work, default);
            runs.ShouldBe(before + 1);
        }

        unit.RequestNow();
        finished = true;
        await unit.ObserveAsync(Work, default);
        runs.ShouldBe(8, "it is no error");
        _clock.AdvanceMs(MaxBackoffMs - 1);
        await unit.ObserveAsync(Work, default);
        runs.ShouldBe(8, "finished: at the next tick");
    }

    [Fact]
    public void A_call_before_the_wait_ends_it_at_once_and_one_wait_only()
    {
        var wake = new WakeSignal();
        wake.Raise();
        wake.Raise();
        wake.WaitAsync().IsCompleted.ShouldBeTrue();
        var second = wake.WaitAsync();
        second.IsCompleted.ShouldBeFalse();
        wake.Raise();
        second.IsCompleted.ShouldBeTrue();
        wake.WaitAsync().IsCompleted.ShouldBeFalse("the call ended the wait before");
        wake.Clear();
        wake.Raise();
        wake.Clear();
        wake.WaitAsync().IsCompleted.ShouldBeFalse("it was served");
    }

    [Fact]
    public async Task A_unit_never_overlaps_itself_and_a_broken_ring_comes_out_at_the_next_look()
    {
        var unit = new SupervisedUnit(WorkUnit.ReplicationJoin, _clock, _errors, RetryMs, MaxBackoffMs);
        var gate = new TaskCompletionSource();
        int runs = 0;
        async Task<bool> Work()
        {
            runs++;
            await gate.Task;
            throw new BrokenRingException("x");
        }

        await unit.ObserveAsync(Work, default);
        unit.RequestNow();
        await unit.ObserveAsync(Work, default);
        runs.ShouldBe(1);
        gate.SetResult();
        await Should.ThrowAsync<BrokenRingException>(() => unit.ObserveAsync(Work, default));
    }

    [Fact]
    public async Task A_port_that_throws_gave_no_answer()
    {
        var guard = new PortGuard(_clock, _errors);
        (await guard.RunAsync<string>(WorkUnit.OdynPort, 1_000, _ => throw new FormatException("hunter2"), why => why, default)).ShouldBe("the port failed");
        (await guard.RunAsync<string>(WorkUnit.OdynPort, 1_000, _ => null!, why => why, default)).ShouldBe("the port failed");
        (await guard.RunAsync(WorkUnit.OdynPort, 1_000, _ => Task.FromException<string>(new OperationCanceledException()), why => why, default))
            .ShouldBe("the port failed", "a cancellation that nobody asked for");
        _errors.Counts[WorkUnit.OdynPort].ShouldBe(3);
        _audit.Events.ShouldNotContain(one => one.Detail.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_callback_that_throws_is_counted_and_gets_the_next_item()
    {
        var seen = new List<int>();
        var outbox = new Outbox<int>(item =>
        {
            seen.Add(item);
            throw new FormatException();
        });
        int thrown = 0;
        var delivery = outbox.DeliverAsync(_ => thrown++);
        outbox.Post(1);
        outbox.Post(2);
        outbox.Complete();
        await delivery;
        seen.ShouldBe([1, 2]);
        thrown.ShouldBe(2);
        outbox.Post(3);
        seen.ShouldBe([1, 2], "nothing comes after the end");
    }

    [Fact]
    public async Task A_callback_that_blocks_holds_nobody_up_and_loses_the_oldest_beyond_its_limit()
    {
        using var blocked = new ManualResetEventSlim();
        using var entered = new ManualResetEventSlim();
        var seen = new List<int>();
        var outbox = new Outbox<int>(item =>
        {
            seen.Add(item);
            entered.Set();
            blocked.Wait();
        });
        var delivery = outbox.DeliverAsync(_ => { });
        outbox.Post(0);
        entered.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue("delivered by another thread than the one that posts");
        for (int i = 1; i <= Limits.MaxUndelivered + 2; i++)
        {
            outbox.Post(i);
        }

        blocked.Set();
        outbox.Complete();
        await delivery;
        seen.ShouldBe([0, .. Enumerable.Range(3, Limits.MaxUndelivered)]);
    }

    [Fact]
    public async Task A_request_that_makes_the_node_throw_is_answered_and_the_node_serves_on()
    {
        using var world = new PipelineWorld();
        var pipeline = new RequestPipeline(
            PipelineOptions.Default, () => world.Readiness, () => world.Services with { Status = new ThrowingStatus() }, world.Errors);
        var nodes = new KmsRequest("GET", "/nodes", [], default);
        (await pipeline.HandleAsync(nodes, default)).ShouldRefuse(ApiError.InternalError);
        world.Errors.Counts[WorkUnit.Request].ShouldBe(1);
        (await pipeline.HandleAsync(new KmsRequest("GET", "/nonce", [], default), default)).Status.ShouldBe(200);
    }

    [Fact]
    public void A_node_whose_callbacks_throw_boots_serves_and_tells_it()
    {
        using var world = new TestWorld(1, 1);
        var ports = world.Slot(1).Ports;
        (ports.CallbackPermille, ports.Thrown) = (1_000, new FormatException("hunter2"));
        world.StartAll();
        world.RunUntil(world.AllReady, 120).ShouldBeTrue(world.Describe());
        world.Audit(1).ShouldContain(one => one.Kind == AuditKind.InternalError && one.Detail.StartsWith("AuditSink: FormatException", StringComparison.Ordinal));
        world.Audit(1).ShouldContain(one => one.Kind == AuditKind.InternalError && one.Detail.StartsWith("StateSink: FormatException", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(nameof(WorkUnit.ChainPort), nameof(IChain))]
    [InlineData(nameof(WorkUnit.OdynPort), nameof(IOdyn))]
    [InlineData(nameof(WorkUnit.TransportPort), nameof(ITransport))]
    public void A_node_whose_ports_throw_now_and_then_ends_with_what_it_held(string unit, string port)
    {
        using var world = new TestWorld(2, 2);
        world.StartAll();
        world.RunUntil(world.AllReady, 180).ShouldBeTrue(world.Describe());
        foreach (var slot in world.Sim.Slots)
        {
            (slot.Ports.Only, slot.Ports.Thrown, slot.Ports.Permille) = (port, new InvalidOperationException("hunter2"), 333);
        }

        world.RunFor(300);
        world.Audit(1).ShouldContain(one => one.Kind == AuditKind.InternalError && one.Detail.StartsWith(unit, StringComparison.Ordinal));
        world.Sim.Slots.ToList().ForEach(slot => slot.Ports.Heal());
        world.RunUntil(world.AllReady, 120).ShouldBeTrue(world.Describe());
        world.Contracts.Kms.Epochs.Length.ShouldBe(1);
        world.Nodes.ShouldAllBe(node => node.Parts!.Secrets.IsActive(Epoch.From(1)));
        world.Nodes.ShouldAllBe(node => !node.AuditEvents.Any(one => one.Kind == AuditKind.SecretDestroyed && one.Detail.StartsWith("epoch 1 hash " + world.Contracts.Kms.Epochs[0].Hash, StringComparison.Ordinal)));
    }

    private static Task Throwing() => throw new FormatException("hunter2");

    private sealed class ThrowingStatus : IStatusSource
    {
        public bool IsOperator => throw new FormatException();

        public string NodeUrl => throw new FormatException();

        public IReadOnlyList<NodeSummary> Nodes => throw new FormatException();

        public DetailedStatus Details => throw new FormatException();
    }
}
