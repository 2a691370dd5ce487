using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>What came of a run.</summary>
/// <param name="Hash">SHA-256 over every event.</param>
/// <param name="Trace">The newest events, if they were kept.</param>
internal sealed record RunReport(
    RunSpec Spec,
    Violation? Violation,
    string Hash,
    TimeSpan Simulated,
    long Events,
    IReadOnlyDictionary<string, long> Sometimes,
    IReadOnlyList<SimEvent> Trace)
{
    /// <summary>When each start of each node began to use each epoch's secret.</summary>
    public IReadOnlyDictionary<string, TimeSpan> FirstUses { get; init; } = new Dictionary<string, TimeSpan>();

    /// <summary>Interleavings that were tried.</summary>
    public int Schedules { get; init; } = 1;

    /// <summary>Choices between operations; zero under Marathon.</summary>
    public long Steps { get; init; }

    /// <summary>Operations that were scheduled; zero under Marathon.</summary>
    public long Operations { get; init; }

    /// <summary>Every choice of the schedule that failed; null under Marathon, where the seed is enough.</summary>
    public string? ScheduleTrace { get; init; }
}
