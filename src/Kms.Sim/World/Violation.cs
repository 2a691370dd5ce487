namespace Kms.Sim.World;

/// <summary>A rule that did not hold.</summary>
internal sealed record Violation(string Checker, string Text, TimeSpan At);
