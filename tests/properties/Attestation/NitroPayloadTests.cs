using System.Formats.Cbor;
using Kms.Core;
using Kms.Core.Attestation;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Attestation;

/// <summary>The size of everything in a document, at its limit and one beyond.</summary>
public sealed class NitroPayloadTests
{
    [Theory]
    [InlineData(nameof(Sizes.ModuleIdBytes), Limits.MaxModuleIdBytes)]
    [InlineData(nameof(Sizes.Pcrs), Limits.MaxPcrs)]
    [InlineData(nameof(Sizes.PcrBytes), Limits.PcrBytes)]
    [InlineData(nameof(Sizes.CertificateBytes), Limits.MaxCertificateBytes)]
    [InlineData(nameof(Sizes.Certificates), Limits.MaxCertificates)]
    [InlineData(nameof(Sizes.BundledBytes), Limits.MaxCertificateBytes)]
    [InlineData(nameof(Sizes.KeyBytes), Limits.MaxAttestedKeyBytes)]
    [InlineData(nameof(Sizes.UserDataBytes), Limits.MaxAttestedUserDataBytes)]
    [InlineData(nameof(Sizes.NonceBytes), Limits.MaxAttestedNonceBytes)]
    public void Each_part_is_read_at_its_limit_and_not_one_beyond(string part, int limit)
    {
        NitroPayload.TryParse(Encode(Of(part, limit)), out _).ShouldBeTrue();
        NitroPayload.TryParse(Encode(Of(part, limit + 1)), out _).ShouldBeFalse();
    }

    [Fact]
    public void All_parts_at_their_limits_make_one_payload()
    {
        NitroPayload.TryParse(Encode(new Sizes()), out var payload).ShouldBeTrue();
        payload!.ModuleId.Length.ShouldBe(Limits.MaxModuleIdBytes);
        payload.Pcrs.Keys.Order().ShouldBe(Enumerable.Range(0, Limits.MaxPcrs));
        payload.Certificate.Length.ShouldBe(Limits.MaxCertificateBytes);
        payload.Bundle.Select(bytes => bytes.Length).ShouldBe(Enumerable.Repeat(Limits.MaxCertificateBytes, Limits.MaxCertificates));
        payload.PublicKey.Length.ShouldBe(Limits.MaxAttestedKeyBytes);
        payload.UserData.Length.ShouldBe(Limits.MaxAttestedUserDataBytes);
        payload.Nonce.Length.ShouldBe(Limits.MaxAttestedNonceBytes);
    }

    [Fact]
    public void Registers_have_their_size_exactly_and_no_number_beyond_their_limit()
    {
        NitroPayload.TryParse(Encode(new Sizes { PcrBytes = Limits.PcrBytes - 1 }), out _).ShouldBeFalse();
        NitroPayload.TryParse(Encode(new Sizes { Pcrs = 4, LastPcr = Limits.MaxPcrs - 1 }), out _).ShouldBeTrue();
        NitroPayload.TryParse(Encode(new Sizes { Pcrs = 4, LastPcr = Limits.MaxPcrs }), out _).ShouldBeFalse();
    }

    public static TheoryData<string> Vectors => [.. Cases().Select(one => one.Name)];

    /// <summary>docs/spec/vectors/attestation-payload.json: made by another encoder.</summary>
    [Theory]
    [MemberData(nameof(Vectors))]
    public void A_payload_is_taken_or_refused_as_specified(string name)
    {
        var (_, payload, taken) = Cases().Single(one => one.Name == name);
        NitroPayload.TryParse(payload, out var read).ShouldBe(taken);
        if (taken)
        {
            read!.TimestampMs.ShouldBe(1_795_000_000_000);
            read.Pcrs.Count.ShouldBe(5);
            read.Pcrs[3].ShouldBe(Enumerable.Repeat((byte)3, Limits.PcrBytes));
            read.Bundle.Count.ShouldBe(2);
        }
    }

    [Theory]
    [InlineData(Limits.MaxAttestationFields, Limits.MaxAttestationFieldNameBytes, true)]
    [InlineData(Limits.MaxAttestationFields + 1, Limits.MaxAttestationFieldNameBytes, false)]
    [InlineData(Limits.MaxAttestationFields, Limits.MaxAttestationFieldNameBytes + 1, false)]
    public void Fields_that_nobody_knows_are_ignored_up_to_their_limits(int fields, int nameBytes, bool taken)
    {
        byte[] known = Encode(new Sizes { Pcrs = 3, CertificateBytes = 5, Certificates = 1, BundledBytes = 5 });
        // The known map made indefinite, with more pairs before its end.
        byte[] payload = [0xbf, .. known.AsSpan(1), .. Concatenated(fields, nameBytes), 0xff];
        NitroPayload.TryParse(payload, out _).ShouldBe(taken);
    }

    private static byte[] Concatenated(int fields, int nameBytes)
    {
        var bytes = new List<byte>();
        for (int i = 9; i < fields; i++)
        {
            var writer = new CborWriter(allowMultipleRootLevelValues: true);
            writer.WriteTextString($"{i}".PadLeft(nameBytes, 'x'));
            writer.WriteNull();
            bytes.AddRange(writer.Encode());
        }

        return [.. bytes];
    }

    private static IEnumerable<(string Name, byte[] Payload, bool Taken)> Cases()
    {
        using var file = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Conventions.Source.Root, "docs", "spec", "vectors", "attestation-payload.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(one => (
            one.GetProperty("name").GetString()!, Convert.FromHexString(one.GetProperty("payload").GetString()!), one.GetProperty("taken").GetBoolean()))];
    }

    private static Sizes Of(string part, int size) => part switch
    {
        nameof(Sizes.ModuleIdBytes) => new() { ModuleIdBytes = size },
        nameof(Sizes.Pcrs) => new() { Pcrs = size },
        nameof(Sizes.PcrBytes) => new() { PcrBytes = size },
        nameof(Sizes.CertificateBytes) => new() { CertificateBytes = size },
        nameof(Sizes.Certificates) => new() { Certificates = size },
        nameof(Sizes.BundledBytes) => new() { BundledBytes = size },
        nameof(Sizes.KeyBytes) => new() { KeyBytes = size },
        nameof(Sizes.UserDataBytes) => new() { UserDataBytes = size },
        _ => new() { NonceBytes = size },
    };

    private static byte[] Encode(Sizes sizes)
    {
        var writer = new CborWriter();
        writer.WriteStartMap(9);
        writer.WriteTextString("module_id");
        writer.WriteTextString(new string('i', sizes.ModuleIdBytes));
        writer.WriteTextString("digest");
        writer.WriteTextString("SHA384");
        writer.WriteTextString("timestamp");
        writer.WriteInt64(1);
        writer.WriteTextString("pcrs");
        writer.WriteStartMap(sizes.Pcrs);
        for (int i = 0; i < sizes.Pcrs; i++)
        {
            writer.WriteInt32(i == sizes.Pcrs - 1 ? sizes.LastPcr ?? i : i);
            writer.WriteByteString(new byte[sizes.PcrBytes]);
        }

        writer.WriteEndMap();
        Write(writer, "certificate", sizes.CertificateBytes);
        writer.WriteTextString("cabundle");
        writer.WriteStartArray(sizes.Certificates);
        for (int i = 0; i < sizes.Certificates; i++)
        {
            writer.WriteByteString(new byte[sizes.BundledBytes]);
        }

        writer.WriteEndArray();
        Write(writer, "public_key", sizes.KeyBytes);
        Write(writer, "user_data", sizes.UserDataBytes);
        Write(writer, "nonce", sizes.NonceBytes);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static void Write(CborWriter writer, string name, int bytes)
    {
        writer.WriteTextString(name);
        writer.WriteByteString(Keys.Filled(1, bytes));
    }

    private sealed record Sizes
    {
        public int ModuleIdBytes { get; init; } = Limits.MaxModuleIdBytes;

        public int Pcrs { get; init; } = Limits.MaxPcrs;

        public int? LastPcr { get; init; }

        public int PcrBytes { get; init; } = Limits.PcrBytes;

        public int CertificateBytes { get; init; } = Limits.MaxCertificateBytes;

        public int Certificates { get; init; } = Limits.MaxCertificates;

        public int BundledBytes { get; init; } = Limits.MaxCertificateBytes;

        public int KeyBytes { get; init; } = Limits.MaxAttestedKeyBytes;

        public int UserDataBytes { get; init; } = Limits.MaxAttestedUserDataBytes;

        public int NonceBytes { get; init; } = Limits.MaxAttestedNonceBytes;
    }
}
