namespace Kms.Sim.Faults;

/// <summary>One entry of a plan. The meaning of the numbers is told at <see cref="FaultKind"/>.</summary>
/// <param name="AtMs">Virtual milliseconds, from the start or from the trigger.</param>
/// <param name="ForMs">How long it lasts; zero for what happens once.</param>
internal sealed record PlannedFault(
    long AtMs,
    FaultKind Kind,
    int Node = -1,
    int Other = 0,
    long ForMs = 0,
    int Amount = 0,
    FaultTrigger After = FaultTrigger.None)
{
    public override string ToString() =>
        $"{Kind}{(Node < 0 ? "" : $" n{Node}")}{(Other == 0 ? "" : $" other {Other}")}{(Amount == 0 ? "" : $" amount {Amount}")}{(ForMs == 0 ? "" : $" for {ForMs} ms")}{(After == FaultTrigger.None ? "" : $" after {After}")}";
}
