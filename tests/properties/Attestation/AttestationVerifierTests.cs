using FsCheck.Xunit;
using Kms.Core.Attestation;
using Kms.Properties.Vectors;

namespace Kms.Properties.Attestation;

public class AttestationVerifierTests
{
    private static readonly AttestationVerifier Verifier = new(AttestationRoot.Aws);

    [Fact]
    public void The_production_document_is_accepted_at_its_own_time()
    {
        Verifier.TryVerify(NitroVectors.ProductionBytes, NitroVectors.ProductionTime, NitroVectors.ProductionNonce, out var attestation, out _).ShouldBeTrue();
        attestation!.Document.ModuleId.ShouldBe(NitroVectors.Production.Text("module_id"));
        Verifier.TryVerifyOwn(NitroVectors.ProductionBytes, NitroVectors.ProductionNonce, out _, out _).ShouldBeTrue();
    }
}
