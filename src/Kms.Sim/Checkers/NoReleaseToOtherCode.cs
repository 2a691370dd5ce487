using Kms.Core.Audit;
using Kms.Core.Primitives;
using Kms.Sim.Enclave;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>
/// An enclave that attests other code, or debug mode, gets no secret, whatever the chain says of its wallet (M5); nor does a wallet
/// that the host signs with: the documents of a genuine enclave are anybody's, what its code asks for is not.
/// </summary>
internal sealed class NoReleaseToOtherCode : Checker
{
    /// <summary>A good document may still be under way when an enclave turns: longer than a handover and its nonce live.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(40);

    private readonly Dictionary<int, TimeSpan> _otherCodeSince = [];

    public NoReleaseToOtherCode(SimWorld world)
        : base(world) => world.Voices.Audited += (node, _, audit) =>
        {
            if (audit.Kind == AuditKind.SecretHandedOver)
            {
                Check(node, WalletAddress.Parse(audit.Detail[(audit.Detail.LastIndexOf(' ') + 1)..]));
            }
        };

    public override void Look()
    {
        foreach (var slot in World.Slots)
        {
            if (AttestsOtherCode(slot))
            {
                _otherCodeSince.TryAdd(slot.Index, World.Loop.Now);
            }
            else
            {
                _otherCodeSince.Remove(slot.Index);
            }
        }
    }

    private static bool AttestsOtherCode(NodeSlot slot) => slot.OdynFaults.Attestation is OdynAttestation.WrongMeasurement or OdynAttestation.DebugMode;

    private void Check(int node, WalletAddress to)
    {
        if (World.HostWallets.Contains(to))
        {
            Violate($"n{node} handed a secret to {to}, with which the host signs");
        }

        var receiver = World.Alive.FirstOrDefault(slot => slot.Current!.Wallet == to);
        if (receiver is not null && AttestsOtherCode(receiver) && _otherCodeSince.TryGetValue(receiver.Index, out var since) && World.Loop.Now - since > UnderWay)
        {
            Violate($"n{node} handed a secret to n{receiver.Index}, whose enclave has attested other code since {since}");
        }
    }
}
