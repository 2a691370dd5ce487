using Kms.Core.Attestation;
using Kms.Core.Ports;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Fakes;

/// <summary>Trusted time as a node has it.</summary>
internal static class TestTime
{
    /// <summary>Set by a document of the cluster's first Odyn, minted now.</summary>
    public static TrustedTime Of(Cluster cluster)
    {
        byte[] nonce = Keys.Filled(1, 32);
        var document = cluster.Odyns[0].Attest(new AttestationRequest(nonce, null));
        new AttestationVerifier(cluster.Issuer.Root).VerifyOwn(document, nonce).TryGet(out var own).ShouldBeTrue();
        var time = new TrustedTime(cluster.Clock);
        time.Set(own!, cluster.Clock.Elapsed);
        return time;
    }
}
