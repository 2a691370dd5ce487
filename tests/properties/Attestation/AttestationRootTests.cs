using Kms.Core.Attestation;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Properties.Cryptography;
using Kms.Properties.Vectors;

namespace Kms.Properties.Attestation;

public class AttestationRootTests
{
    private const string Published = "0x641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b";

    [Fact]
    public void The_embedded_root_is_the_one_that_AWS_publishes()
    {
        AttestationRoot.Aws.Fingerprint.ShouldBe(Bytes32.Parse(Published));
        AttestationRoot.Aws.IsAws.ShouldBeTrue();
        AttestationRoot.Aws.Der.ToArray().ShouldBe(VectorFile.Bytes("nitro/aws-root.der"));
    }

    [Fact]
    public void The_AWS_root_given_as_a_file_is_still_the_AWS_root() =>
        AttestationRoot.FromDer(VectorFile.Bytes("nitro/aws-root.der")).IsAws.ShouldBeTrue();

    [Fact]
    public void A_devnet_root_is_not_the_AWS_root()
    {
        var root = new NitroIssuer(Keys.Filled(1, 32)).Root;
        root.IsAws.ShouldBeFalse();
        AttestationRoot.FromDer(root.Der.Span).Fingerprint.ShouldBe(root.Fingerprint);
    }

    [Fact]
    public void Anything_but_one_self_signed_CA_is_refused()
    {
        var der = VectorFile.Bytes("nitro/aws-root.der");
        NitroDocument.TryParse(NitroVectors.ProductionBytes, out var document).ShouldBeTrue();
        byte[][] refused = [[], [0x30], der[..^1], [.. der, 0], document!.Certificate, document.Bundle[1], Flipped(der)];
        foreach (var bytes in refused)
        {
            Should.Throw<ArgumentException>(() => AttestationRoot.FromDer(bytes));
        }
    }

    private static byte[] Flipped(byte[] der)
    {
        var copy = (byte[])der.Clone();
        copy[^1] ^= 1;
        return copy;
    }
}
