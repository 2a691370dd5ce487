namespace Kms.Sim.Drivers;

/// <summary>What Coyote says of a seed's schedules.</summary>
/// <param name="Bug">What it found: a broken assertion, a deadlock, an exception, something that it cannot control; null for nothing.</param>
/// <param name="Operations">Continuations that were scheduled: each costs a thread and two switches.</param>
/// <param name="Trace">Every choice of the schedule that found it.</param>
internal sealed record SprintOutcome(int Schedules, long Steps, long Operations, string? Bug, string? Trace);
