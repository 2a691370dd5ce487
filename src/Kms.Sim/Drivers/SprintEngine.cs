using Kms.Devnet.Attestation;
using Kms.Sim.Drivers.Rewriting;
using Microsoft.Coyote;
using Microsoft.Coyote.Logging;
using Microsoft.Coyote.SystematicTesting;

namespace Kms.Sim.Drivers;

/// <summary>Coyote's testing engine, set so that a schedule depends on its seed alone.</summary>
internal static class SprintEngine
{
    // A schedule that long goes round in circles.
    private const uint MaxSteps = 2_000_000;

    // Real time that a busy machine may let a single step take before Coyote calls it a deadlock.
    private const uint StuckAfterMs = 300_000;

    private static int _warm;

    /// <summary>Runs a body under a schedule, as often as the schedule says.</summary>
    /// <param name="trace">A recorded trace to follow instead; null to follow the seed.</param>
    public static SprintOutcome Run(SprintSchedule schedule, string? trace, Func<Task> body, uint stuckAfterMs = StuckAfterMs)
    {
        RewrittenCopy.Require();
        WarmUp();
        var configuration = Configuration.Create()
            .WithTelemetryEnabled(false)
            .WithVerbosityEnabled(VerbosityLevel.None)
            .WithTestingIterations(trace is null ? schedule.Iterations : 1)
            .WithRandomGeneratorSeed(schedule.Seed)
            .WithMaxSchedulingSteps(MaxSteps)
            .WithFailureOnMaxStepsBoundEnabled(true)
            .WithDeadlockTimeout(stuckAfterMs)
            .WithTimeoutDelay(int.MaxValue);
        configuration = schedule.Strategy switch
        {
            SprintStrategy.Random => configuration.WithRandomStrategy(),
            SprintStrategy.Probabilistic => configuration.WithProbabilisticStrategy(schedule.Bound),
            _ => configuration.WithPrioritizationStrategy(isFair: false, schedule.Bound),
        };
        if (trace is not null)
        {
            configuration = configuration.WithReproducibleTrace(trace);
        }

        using var engine = TestingEngine.Create(configuration, body);
        engine.SetLogger(new TextWriterLogger(TextWriter.Null, VerbosityLevel.None));
        engine.Run();
        var report = engine.TestReport;
        return new SprintOutcome(
            report.NumOfExploredFairPaths + report.NumOfExploredUnfairPaths,
            report.TotalExploredFairSteps + report.TotalExploredUnfairSteps,
            report.TotalControlledOperations,
            report.NumOfFoundBugs == 0 ? null : string.Join('\n', report.BugReports) + string.Concat(report.InternalErrors),
            report.NumOfFoundBugs == 0 ? null : engine.ReproducibleTrace);
    }

    /// <summary>What initialises itself on first use would make the first schedule of a process another one.</summary>
    private static void WarmUp()
    {
        if (Interlocked.Exchange(ref _warm, 1) == 1)
        {
            return;
        }

        // One operation runs at a time: handing over to a thread of the same processor is twice as fast as waking another one.
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            using var self = System.Diagnostics.Process.GetCurrentProcess();
            self.ProcessorAffinity = 1 << (Environment.ProcessId % Math.Min(Environment.ProcessorCount, 31));
        }

        foreach (var type in new[] { typeof(SprintEngine).Assembly, typeof(Core.Limits).Assembly, typeof(Client.KmsClient).Assembly, typeof(NitroIssuer).Assembly }
            .SelectMany(assembly => assembly.GetTypes()).Where(type => !type.ContainsGenericParameters))
        {
            System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }
    }
}
