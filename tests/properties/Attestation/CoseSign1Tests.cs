using Kms.Core;
using Kms.Core.Attestation;
using Kms.Devnet.Attestation;

namespace Kms.Properties.Attestation;

public sealed class CoseSign1Tests
{
    [Fact]
    public void An_envelope_is_read_up_to_its_limit_of_bytes()
    {
        int around = NitroIssuer.Envelope(new byte[Limits.MaxAttestationBytes], new byte[96]).Length - Limits.MaxAttestationBytes;
        byte[] At(int bytes) => NitroIssuer.Envelope(new byte[bytes - around], new byte[96]);

        At(Limits.MaxAttestationBytes).Length.ShouldBe(Limits.MaxAttestationBytes);
        CoseSign1.TryParse(At(Limits.MaxAttestationBytes), out var envelope).ShouldBeTrue();
        envelope!.Payload.Length.ShouldBe(Limits.MaxAttestationBytes - around);
        CoseSign1.TryParse(At(Limits.MaxAttestationBytes + 1), out _).ShouldBeFalse();
    }
}
