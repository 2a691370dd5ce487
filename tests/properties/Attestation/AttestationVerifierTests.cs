using System.Formats.Cbor;
using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Attestation;
using Kms.Devnet.Attestation;
using Kms.Properties.Vectors;

namespace Kms.Properties.Attestation;

public class AttestationVerifierTests
{
    private static readonly AttestationVerifier Verifier = new(AttestationRoot.Aws);

    public static TheoryData<string> DebugFiles => ["debug-mode.cbor", "debug-mode-2.cbor"];

    [Fact]
    public void The_production_document_is_accepted_at_its_own_time()
    {
        Refusal(NitroVectors.ProductionBytes).ShouldBeNull();
        Verifier.VerifyOwn(NitroVectors.ProductionBytes, NitroVectors.ProductionNonce).TryGet(out var own).ShouldBeTrue();
        own!.Document.ModuleId.ShouldBe(NitroVectors.Production.Text("module_id"));
    }

    [Theory]
    [InlineData("leaf_not_before", 0, true)]
    [InlineData("leaf_not_before", -1, false)]
    [InlineData("leaf_not_after", 0, true)]
    [InlineData("leaf_not_after", 1, false)]
    public void The_leaf_is_trusted_exactly_within_its_validity(string edge, int seconds, bool accepted)
    {
        var at = DateTimeOffset.Parse(NitroVectors.Production.Text(edge) + "Z", System.Globalization.CultureInfo.InvariantCulture).AddSeconds(seconds);
        Refusal(NitroVectors.ProductionBytes, at).ShouldBe(accepted ? null : AttestationRefusal.OutsideValidity);
    }

    [Theory]
    [MemberData(nameof(DebugFiles))]
    public void A_debug_mode_document_is_refused_although_everything_else_is_right(string file)
    {
        var vector = NitroVectors.Cases.Single(one => one.Text("file") == file);
        var bytes = VectorFile.Bytes("nitro/" + file);
        var verified = Verifier.Verify(bytes, NitroVectors.Time(vector), vector.Hex("nonce"));
        verified.TryGet(out var attestation).ShouldBeFalse();
        attestation.ShouldBeNull();
        verified.Failure.ShouldBe(AttestationRefusal.DebugMode);
        Verifier.VerifyOwn(bytes, vector.Hex("nonce")).Failure.ShouldBe(AttestationRefusal.DebugMode);

        // Signature and chain are genuine: nothing but the debug rule refuses it.
        NitroDocument.TryParse(bytes, out var document).ShouldBeTrue();
        CertificatePath.Validate(AttestationRoot.Aws, document!.Certificate, document.Bundle, NitroVectors.Time(vector)).TryGet(out var key).ShouldBeTrue();
        document.Envelope.IsSignedBy(key!).ShouldBeTrue();
    }

    [Property(MaxTest = 150)]
    public void A_document_with_a_flipped_bit_is_refused(DoNotSize<uint> position)
    {
        var bytes = (byte[])NitroVectors.ProductionBytes.Clone();
        int bit = (int)(position.Item % (uint)(bytes.Length * 8));
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        Refusal(bytes).ShouldNotBeNull();
    }

    [Fact]
    public void A_document_with_any_byte_of_its_envelope_changed_is_refused()
    {
        // Everything around the payload, and the signature: where an encoding could be changed without touching what is signed.
        // All bits where a refusal is cheap, one bit of each byte of the signature.
        int length = NitroVectors.ProductionBytes.Length;
        var header = Enumerable.Range(0, 24 * 8);
        var signature = Enumerable.Range(length - 98, 98).Select(position => (position * 8) + (position % 8));
        foreach (int bit in header.Concat(signature))
        {
            var bytes = (byte[])NitroVectors.ProductionBytes.Clone();
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Refusal(bytes).ShouldNotBeNull($"bit {bit}");
        }
    }

    [Property(MaxTest = 50)]
    public void A_document_with_trailing_or_missing_bytes_is_malformed(byte extra, DoNotSize<uint> cut)
    {
        Refusal([.. NitroVectors.ProductionBytes, extra]).ShouldBe(AttestationRefusal.Malformed);
        int keep = (int)(cut.Item % (uint)NitroVectors.ProductionBytes.Length);
        Refusal(NitroVectors.ProductionBytes[..keep]).ShouldBe(AttestationRefusal.Malformed);
    }

    [Property(MaxTest = 300)]
    public void Arbitrary_bytes_are_refused_and_never_throw(byte[] bytes) => Refusal(bytes).ShouldBe(AttestationRefusal.Malformed);

    [Fact]
    public void The_tagged_form_is_accepted_and_other_tags_are_not()
    {
        Refusal([0xd2, .. NitroVectors.ProductionBytes]).ShouldBeNull();
        Refusal([0xd1, .. NitroVectors.ProductionBytes]).ShouldBe(AttestationRefusal.Malformed);
        Refusal([0xd2, 0xd2, .. NitroVectors.ProductionBytes]).ShouldBe(AttestationRefusal.Malformed);
    }

    [Fact]
    public void Another_nonce_is_refused()
    {
        Refusal(NitroVectors.ProductionBytes, nonce: []).ShouldBe(AttestationRefusal.WrongNonce);
        Refusal(NitroVectors.ProductionBytes, nonce: [.. NitroVectors.ProductionNonce, 0]).ShouldBe(AttestationRefusal.WrongNonce);
    }

    [Fact]
    public void A_malleated_signature_changes_nothing_that_is_signed()
    {
        // ECDSA has a twin for every signature, so documents are never compared or remembered by their bytes.
        var reader = new CborReader(NitroVectors.ProductionBytes);
        reader.ReadStartArray();
        reader.ReadByteString();
        reader.ReadStartMap();
        reader.ReadEndMap();
        var payload = reader.ReadByteString();
        var signature = reader.ReadByteString();
        var order = new Org.BouncyCastle.Math.BigInteger("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16);
        var twin = order.Subtract(new Org.BouncyCastle.Math.BigInteger(1, signature, 48, 48));
        byte[] malleated = [.. signature[..48], .. Org.BouncyCastle.Utilities.BigIntegers.AsUnsignedByteArray(48, twin)];
        Refusal(NitroIssuer.Envelope(payload, signature)).ShouldBeNull();
        Refusal(NitroIssuer.Envelope(payload, malleated)).ShouldBeNull();
    }

    internal static AttestationRefusal? Refusal(byte[] bytes, DateTimeOffset? at = null, byte[]? nonce = null)
    {
        var verified = Verifier.Verify(bytes, at ?? NitroVectors.ProductionTime, nonce ?? NitroVectors.ProductionNonce);
        verified.TryGet(out var attestation).ShouldBe(attestation is not null);
        return verified.Failure;
    }
}
