using FsCheck;
using FsCheck.Xunit;
using Kms.Core.Attestation;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Attestation;

public class NitroIssuerTests
{
    private const long Time = 1_795_000_000_000;
    private static readonly NitroIssuer Issuer = new(Keys.Filled(1, 32));
    private static readonly byte[] Nonce = Keys.Filled(9, 32);

    [Theory]
    [InlineData(nameof(AttestedKeyForm.Spki))]
    [InlineData(nameof(AttestedKeyForm.RawPoint))]
    public void A_minted_document_is_verified_and_holds_its_claims(string form)
    {
        using var key = Keys.Tee(4);
        var claims = Claims() with { KeyForm = Enum.Parse<AttestedKeyForm>(form), Fields = new(Nonce, key.PublicKey, new byte[] { 1, 2, 3 }) };
        Verify(Issuer.Mint(claims), out var attestation).ShouldBeNull();
        var document = attestation!.Document;
        document.PublicKey.ShouldBe(key.PublicKey);
        document.UserData.ToArray().ShouldBe([1, 2, 3]);
        document.TimestampMs.ShouldBe(Time);
        document.ModuleId.ShouldBe(claims.ModuleId);
        byte[] registers = [.. claims.Pcrs[0].Span, .. claims.Pcrs[1].Span, .. claims.Pcrs[2].Span];
        document.CodeMeasurement.ShouldBe(Keccak256.Hash(registers));
    }

    [Fact]
    public void The_same_seed_and_claims_give_the_same_bytes_and_another_seed_does_not()
    {
        var bytes = Issuer.Mint(Claims());
        new NitroIssuer(Keys.Filled(1, 32)).Mint(Claims()).ShouldBe(bytes);
        new NitroIssuer(Keys.Filled(2, 32)).Mint(Claims()).ShouldNotBe(bytes);
    }

    [Fact]
    public void A_document_of_another_issuer_or_of_AWS_is_untrusted()
    {
        Verify(new NitroIssuer(Keys.Filled(2, 32)).Mint(Claims()), out _).ShouldBe(AttestationRefusal.UntrustedChain);
        var verifier = new AttestationVerifier(Issuer.Root);
        verifier.Verify(NitroVectors.ProductionBytes, NitroVectors.ProductionTime, NitroVectors.ProductionNonce)
            .Failure.ShouldBe(AttestationRefusal.UntrustedChain);
        AttestationVerifierTests.Refusal(Issuer.Mint(Claims()), nonce: Nonce).ShouldBe(AttestationRefusal.UntrustedChain);
    }

    [Fact]
    public void A_document_without_key_and_user_data_says_so()
    {
        Verify(Issuer.Mint(Claims()), out var attestation).ShouldBeNull();
        attestation!.Document.PublicKey.ShouldBeNull();
        attestation.Document.UserData.Length.ShouldBe(0);
    }

    [Fact]
    public void All_zero_registers_make_a_debug_document_which_is_refused()
    {
        var zero = new ReadOnlyMemory<byte>(new byte[48]);
        Verify(Issuer.Mint(Claims() with { Pcrs = [zero, zero, zero] }), out _).ShouldBe(AttestationRefusal.DebugMode);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(80, true)]
    [InlineData(151, false)]
    [InlineData(-91, false)]
    public void A_leaf_lives_three_hours(int minutes, bool accepted)
    {
        var refusal = Verify(Issuer.Mint(Claims()), out _, DateTimeOffset.FromUnixTimeMilliseconds(Time).AddMinutes(minutes));
        refusal.ShouldBe(accepted ? null : AttestationRefusal.OutsideValidity);
    }

    [Property(MaxTest = 100)]
    public void A_minted_document_with_a_flipped_bit_is_refused(DoNotSize<uint> position)
    {
        var bytes = Issuer.Mint(Claims());
        int bit = (int)(position.Item % (uint)(bytes.Length * 8));
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        Verify(bytes, out _).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9_999_999_999_999)]
    public void Times_outside_the_chain_are_refused(long time) =>
        Should.Throw<ArgumentException>(() => Issuer.Mint(Claims() with { TimestampMs = time }));

    [Fact]
    public void Other_claims_out_of_range_are_refused()
    {
        Should.Throw<ArgumentException>(() => Issuer.Mint(Claims() with { Pcrs = [] }));
        Should.Throw<ArgumentException>(() => Issuer.Mint(Claims() with { ModuleId = "" }));
        Should.Throw<ArgumentException>(() => new NitroIssuer(new byte[31]));
    }

    internal static NitroClaims Claims() => new(
        new AttestedFields(Nonce, null, default),
        [Keys.Filled(1, 48), Keys.Filled(2, 48), Keys.Filled(3, 48)],
        Time,
        "i-simulated-enc0001");

    private static AttestationRefusal? Verify(byte[] bytes, out VerifiedAttestation? attestation, DateTimeOffset? at = null)
    {
        var verified = new AttestationVerifier(Issuer.Root).Verify(bytes, at ?? DateTimeOffset.FromUnixTimeMilliseconds(Time), Nonce);
        attestation = verified.GetValueOrDefault();
        return verified.Failure;
    }
}
