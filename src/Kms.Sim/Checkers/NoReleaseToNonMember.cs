using Kms.Core.Audit;
using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A secret is handed over only to a wallet that the chain makes eligible.</summary>
internal sealed class NoReleaseToNonMember : Checker
{
    /// <summary>How far behind a node's chain may honestly be: polls and finality, or the staleness limit when it is disturbed.</summary>
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Disturbed = TimeSpan.FromMilliseconds(Core.Limits.ChainStaleAfterMs) + TimeSpan.FromSeconds(30);

    public NoReleaseToNonMember(SimWorld world)
        : base(world) => world.Voices.Audited += (node, _, audit) =>
        {
            if (audit.Kind == AuditKind.SecretHandedOver)
            {
                Check(node, WalletAddress.Parse(audit.Detail[(audit.Detail.LastIndexOf(' ') + 1)..]));
            }
        };

    private void Check(int node, WalletAddress to)
    {
        ulong head = World.Ledger.Head.Number;
        var slot = World.Slots[node];
        bool disturbed = World.IsSettlingDeepReorg || slot.DisturbedUntil == TimeSpan.MaxValue || World.Loop.Now - slot.DisturbedUntil < Disturbed;
        var tolerance = disturbed ? Disturbed : Healthy;
        ulong blocks = (ulong)(tolerance.TotalMilliseconds / World.Options.BlockMs);
        for (ulong back = 0; back <= blocks && back <= head; back++)
        {
            if (World.Ledger.Canonical(head - back)!.State.IsEligible(to))
            {
                return;
            }
        }

        Violate($"n{node} handed a secret to {to}, which was no member for {tolerance}");
    }
}
