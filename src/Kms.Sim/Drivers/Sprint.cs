using System.Security.Cryptography;
using System.Text;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.Scenarios;
using Kms.Sim.World;
using Microsoft.Coyote.Specifications;

namespace Kms.Sim.Drivers;

/// <summary>Runs a world under Coyote: the interleavings of a minute, not the events of a day.</summary>
internal static class Sprint
{
    /// <param name="trace">A recorded schedule to follow; null to follow the spec's.</param>
    public static RunReport Run(RunSpec spec, IReadOnlyList<string> promises, int keepEvents, string? trace = null) =>
        Run(spec, Catalogue.Find(spec.Scenario), promises, keepEvents, trace);

    internal static RunReport Run(RunSpec spec, Scenario scenario, IReadOnlyList<string> promises, int keepEvents, string? trace)
    {
        var schedule = spec.Schedule ?? throw new ArgumentException("a Sprint needs a schedule", nameof(spec));
        RunReport? report = null;
        var component = scenario.Component;
        var outcome = SprintEngine.Run(schedule, trace, async () =>
        {
            report = component is null ? await TellAsync(spec, promises, keepEvents) : await ComponentReport.TellAsync(spec, component, keepEvents);

            // Makes Coyote keep the trace.
            Specification.Assert(report.Violation is null, report.Violation?.Text ?? string.Empty);
        });
        return Complete(spec, report, outcome);
    }

    /// <summary>A report of a run that Coyote itself may have ended.</summary>
    internal static RunReport Complete(RunSpec spec, RunReport? report, SprintOutcome outcome)
    {
        report ??= new RunReport(spec, null, string.Empty, TimeSpan.Zero, 0, new Dictionary<string, long>(), []);
        var violation = report.Violation ?? (outcome.Bug is { } bug ? new Violation("Coyote", bug, report.Simulated) : null);
        var whole = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{report.Hash} {violation?.Checker}");
        return report with
        {
            Violation = violation,
            Hash = Hex.EncodeBare(SHA256.HashData(Encoding.UTF8.GetBytes(whole))),
            Schedules = outcome.Schedules,
            Steps = outcome.Steps,
            Operations = outcome.Operations,
            ScheduleTrace = outcome.Trace,
        };
    }

    private static async Task<RunReport> TellAsync(RunSpec spec, IReadOnlyList<string> promises, int keepEvents)
    {
        var loop = new SprintLoop(new SimRandom(spec.Seed).Fork("windows"));
        RunReport report;
        using (var run = new WorldRun(spec, promises, keepEvents, loop))
        {
            var stuck = new StuckNodes(run.World, loop);
            report = await run.TellAsync((horizon, stop, quiescent) => loop.RunAsync(horizon, stop, () =>
            {
                stuck.Look();
                quiescent();
            }));
        }

        // The nodes are told to stop; what is left of them ends here, not in the next schedule.
        await SprintLoop.QuiescenceAsync();
        return report;
    }
}
