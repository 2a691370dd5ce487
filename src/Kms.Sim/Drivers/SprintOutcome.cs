namespace Kms.Sim.Drivers;

/// <summary>What Coyote says of a seed's schedules.</summary>
/// <param name="Bug">What it found: a broken assertion, a deadlock, an exception, something that it cannot control; null for nothing.</param>
/// <param name="Trace">Every choice of the schedule that found it.</param>
internal sealed record SprintOutcome(int Schedules, long Steps, string? Bug, string? Trace);
