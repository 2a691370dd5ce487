using Kms.Core.Primitives;
using Kms.Sim.Chain;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>
/// What the owner does when griefers decided every epoch that there is, which a confirmation target of 1 lets them: no node can
/// have a secret, so it stops their instances and resets (docs/contracts.md, "Epochs that nobody can fetch").
/// </summary>
internal static class GriefedEpochs
{
    public static void Cure(SimWorld world, IReadOnlyCollection<WalletAddress> griefers)
    {
        var live = world.Ledger.Head.State.Kms.Epochs.Where(epoch => !epoch.Retired).ToArray();
        if (live.Length == 0 || !live.All(epoch => griefers.Contains(epoch.Proposer) && epoch.Confirmations == 1))
        {
            return;
        }

        foreach (var griefer in griefers)
        {
            PlatformFaults.StopInstance(world, griefer);
        }

        OwnerAction.Start(world, SimActionKind.Reset, SimActionData.Empty);
    }
}
