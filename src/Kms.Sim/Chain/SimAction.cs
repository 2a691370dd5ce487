namespace Kms.Sim.Chain;

/// <summary>A scheduled action.</summary>
internal sealed record SimAction(SimActionKind Kind, SimActionData Data, ulong ExecutableAt, ulong ExpiresAt, SimActionState State);
