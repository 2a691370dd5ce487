namespace Kms.Sim.Chain;

/// <summary>A scheduled action.</summary>
internal sealed record SimAction(SimActionKind Kind, SimActionData Data, ulong ExecutableAt, ulong ExpiresAt, SimActionState State)
{
    /// <summary>Its argument as a number; 0 where it has none.</summary>
    public ulong Number => Data.IsWord ? Data.Number : 0;
}
