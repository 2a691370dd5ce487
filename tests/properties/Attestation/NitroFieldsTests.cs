using FsCheck;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Attestation;
using Kms.Properties.Vectors;

namespace Kms.Properties.Attestation;

/// <summary>Known fields are strict, unknown ones are ignored: AWS may add a field on any day (finding R11).</summary>
public sealed class NitroFieldsTests
{
    // One of each kind of CBOR item, a nesting, an indefinite length, and what strict readers refuse elsewhere.
    private static readonly string[] Values = ["00", "20", "40", "60", "f6", "f5", "fb7ff8000000000000", "a0", "80", "a16161a16162820102", "bf6161f6ff", "5f4101ff", "c11a00000000", "a2616101616101"];

    public static TheoryData<string> Vectors => [.. VectorFile.SpecCases("attestation.json").Select(vector => vector.Text("why"))];

    [Fact]
    public void A_field_that_AWS_adds_changes_nothing_whatever_it_holds()
    {
        foreach (string value in Values)
        {
            Verify(new SignedPayload().With("tpm_quote", Convert.FromHexString(value)).Document()).ShouldBeNull(value);
            var first = new SignedPayload();
            first.Fields.Insert(0, ("a", Convert.FromHexString(value)));
            Verify(first.Document()).ShouldBeNull(value);
        }
    }

    [Property(MaxTest = 50)]
    public void Order_and_length_of_the_map_change_nothing(DoNotSize<int> seed, bool indefinite, NonNegativeInt extra)
    {
        var random = new Random(seed.Item);
        var payload = new SignedPayload { Indefinite = indefinite };
        for (int i = 0; i < extra.Get % 10; i++)
        {
            payload.With($"field{i}", Convert.FromHexString(Values[random.Next(Values.Length)]));
        }

        Verify(payload.With("pcrs", SignedPayload.Registers(Enumerable.Range(0, 16).OrderBy(_ => random.Next()))).Shuffled(random.Next).Document(), out var attestation).ShouldBeNull();
        attestation!.Document.UserData.ToArray().ShouldBe([1, 2, 3]);
        attestation.Document.Pcr(15).ToArray().ShouldAllBe(octet => octet == 16);
    }

    [Fact]
    public void Known_fields_stay_strict()
    {
        foreach (string name in new SignedPayload().Fields.Select(field => field.Name))
        {
            // A timestamp of zero is a time; whether it is a good one is the caller's rule.
            foreach (string value in (string[])[name == "timestamp" ? "20" : "00", "61ff", "a0", "80", "f5", "5f4101ff"])
            {
                Verify(new SignedPayload().With(name, Convert.FromHexString(value)).Document()).ShouldNotBeNull($"{name} {value}");
            }
        }

        Verify(new SignedPayload().With("digest", SignedPayload.Encoded(writer => writer.WriteTextString("SHA512"))).Document()).ShouldBe(AttestationRefusal.Malformed);
        foreach (string optional in (string[])["public_key", "user_data"])
        {
            Verify(new SignedPayload().Without(optional).Document()).ShouldBeNull(optional);
            Verify(new SignedPayload().With(optional, SignedPayload.Null).Document()).ShouldBeNull(optional);
        }
    }

    [Fact]
    public void Unknown_fields_are_bounded_and_given_once()
    {
        var full = new SignedPayload();
        while (full.Fields.Count < Limits.MaxAttestationFields)
        {
            full.With($"field{full.Fields.Count}", SignedPayload.Null);
        }

        Verify(full.Document()).ShouldBeNull();
        Verify(full.With("one more", SignedPayload.Null).Document()).ShouldBe(AttestationRefusal.Malformed);
        Verify(new SignedPayload().With(new string('n', Limits.MaxAttestationFieldNameBytes), SignedPayload.Null).Document()).ShouldBeNull();
        Verify(new SignedPayload().With(new string('n', Limits.MaxAttestationFieldNameBytes + 1), SignedPayload.Null).Document()).ShouldBe(AttestationRefusal.Malformed);
        var twice = new SignedPayload { Indefinite = true };
        twice.Fields.Add(("new", SignedPayload.Null));
        twice.Fields.Add(("new", SignedPayload.Null));
        Verify(twice.Document()).ShouldBe(AttestationRefusal.Malformed);
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Vectors_are_verified_as_they_say(string why)
    {
        var vector = VectorFile.SpecCases("attestation.json").Single(one => one.Text("why") == why);
        var verifier = new AttestationVerifier(AttestationRoot.FromDer(vector.Hex("root")));
        var verified = verifier.Verify(
            vector.Hex("document"), DateTimeOffset.FromUnixTimeMilliseconds(vector.GetProperty("time_ms").GetInt64()), vector.Hex("nonce"));
        verified.TryGet(out var attestation).ShouldBe(vector.GetProperty("accepted").GetBoolean(), verified.ToString());
        attestation?.Document.UserData.ToArray().ShouldBe(vector.Hex("user_data"));
    }

    private static AttestationRefusal? Verify(byte[] document) => Verify(document, out _);

    private static AttestationRefusal? Verify(byte[] document, out VerifiedAttestation? attestation)
    {
        var verified = new AttestationVerifier(AttestationRoot.FromDer(SignedPayload.RootDer))
            .Verify(document, DateTimeOffset.FromUnixTimeMilliseconds(SignedPayload.TimeMs), SignedPayload.Nonce);
        attestation = verified.GetValueOrDefault();
        return verified.Failure;
    }
}
