using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>Looks at Odyn: identity, randomness, the own attestation document.</summary>
internal sealed class OdynLook(OdynWatch odyn, MembershipWatch membership, WalletAddress self, Settlement settlement)
{
    public OdynHealth Health => odyn.Health;

    public async Task RunAsync(CancellationToken stop)
    {
        if (IsMeasurementDisputed())
        {
            odyn.Doubt();
        }

        await odyn.CheckAsync(stop);
        settlement.Settle();
    }

    /// <summary>The first document fixed what this enclave measures; when the registry disagrees, one of them has to be asked again.</summary>
    private bool IsMeasurementDisputed() =>
        membership.Known is { } view && odyn.Measurement is { } own
        && PeerAuthorizer.Authorize(view, self).TryGet(out var member) && member.Version.CodeMeasurement != own;
}
