using Kms.Sim.World;

namespace Kms.Sim.Components;

/// <summary>A whole node whose host stops it.</summary>
internal static class NodeComponents
{
    private const int Seconds = 60;
    private const int LongestRequestMs = 1_000;

    /// <summary>Whoever asks a node to stop and hears that it did: no secret is left, whatever else goes on.</summary>
    public static async Task StopWhileServingAsync(ComponentRun run)
    {
        var options = new WorldOptions { Nodes = 1, ConfirmationTarget = 1, FinalityDepth = 2, BlockMs = 1_000, HeadPollMs = 2_000, TickMs = 6_000, MaxHoldBlocks = 0, EndpointsPerNode = 1, Apps = 1, WorkloadMs = 0 };
        using var world = new SimWorld(run.Loop, run.Random.Fork("world").Next(), options, 0);
        world.Begin();
        for (int i = 0; i < Seconds && world.Slots[0].Current?.Node.IsReady != true; i++)
        {
            await run.Clock.DelayAsync(TimeSpan.FromSeconds(1), default);
        }

        var incarnation = world.Slots[0].Current!;
        run.Require(incarnation.Node.IsReady && incarnation.Probe.Held.Count > 0, "Promises", "the node never served");
        var random = run.Random.Fork("stops");
        Func<Task> stop = async () =>
        {
            await run.Clock.DelayAsync(TimeSpan.FromMilliseconds(random.Below(LongestRequestMs)), default);
            await incarnation.Node.DisposeAsync();
            run.Note("host", "stopped");
            run.Require(incarnation.Probe.Held.Count == 0, "NoSecretAfterStop", "a caller was told that the node stopped, and it holds secrets");
        };
        Func<Task> ask = async () =>
        {
            var key = await world.Workload.DeriveAsync(world.Apps[0], 0, "path", null, v1: false);
            run.Note("app", key is null ? "refused" : "served");
            run.Sometimes(key is null ? "refused" : "served");
        };
        await ComponentRun.TogetherAsync(ask, ask, stop, stop);
        await stop();
        run.Require(world.Violation is null, world.Violation?.Checker ?? string.Empty, world.Violation?.Text ?? string.Empty);
        world.Slots[0].Current = null;
    }
}
