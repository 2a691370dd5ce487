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
    IReadOnlyList<SimEvent> Trace);
