using System.Formats.Cbor;
using Kms.Core.Attestation;
using Kms.Devnet.Attestation;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Attestation;

/// <summary>A document of a simulated hypervisor that writes its payload in another way than <see cref="NitroIssuer"/>.</summary>
internal sealed class SignedPayload
{
    public const long TimeMs = 1_795_000_000_000;

    private static readonly byte[] Seed = Keys.Filled(7, NitroIssuer.SeedBytes);
    private static readonly NitroIssuerCertificate RootCertificate = NitroIssuerCertificate.Root(Seed);
    private static readonly NitroIssuerCertificate Intermediate = NitroIssuerCertificate.Intermediate(Seed, RootCertificate);

    private static readonly NitroIssuerCertificate Leaf = NitroIssuerCertificate.Leaf(
        Seed, Intermediate, "i-simulated-enc0001", DateTimeOffset.FromUnixTimeMilliseconds(TimeMs).AddHours(-1), DateTimeOffset.FromUnixTimeMilliseconds(TimeMs).AddHours(2));

    public static byte[] Nonce { get; } = Keys.Filled(9, 32);

    public static byte[] RootDer => RootCertificate.Der;

    /// <summary>The nine documented fields, in the order of real documents: encoded name and value.</summary>
    public List<(string Name, byte[] Value)> Fields { get; } =
    [
        ("module_id", Encoded(writer => writer.WriteTextString("i-simulated-enc0001"))),
        ("digest", Encoded(writer => writer.WriteTextString("SHA384"))),
        ("timestamp", Encoded(writer => writer.WriteInt64(TimeMs))),
        ("pcrs", Registers(Enumerable.Range(0, 16))),
        ("certificate", Bytes(Leaf.Der)),
        ("cabundle", Encoded(writer =>
        {
            writer.WriteStartArray(2);
            writer.WriteByteString(RootCertificate.Der);
            writer.WriteByteString(Intermediate.Der);
            writer.WriteEndArray();
        })),
        ("public_key", Null),
        ("user_data", Bytes([1, 2, 3])),
        ("nonce", Bytes(Nonce)),
    ];

    /// <summary>As hypervisors since 2025 write the map.</summary>
    public bool Indefinite { get; set; }

    public static byte[] Null { get; } = [0xf6];

    public static byte[] Bytes(byte[] value) => Encoded(writer => writer.WriteByteString(value));

    public static byte[] Registers(IEnumerable<int> order) => Encoded(writer =>
    {
        int[] numbers = [.. order];
        writer.WriteStartMap(numbers.Length);
        foreach (int number in numbers)
        {
            writer.WriteInt32(number);
            writer.WriteByteString(Keys.Filled((byte)(number + 1), 48));
        }

        writer.WriteEndMap();
    });

    public static byte[] Encoded(Action<CborWriter> write)
    {
        var writer = new CborWriter(CborConformanceMode.Lax);
        write(writer);
        return writer.Encode();
    }

    public SignedPayload With(string name, byte[] value)
    {
        int at = Fields.FindIndex(field => field.Name == name);
        if (at < 0)
        {
            Fields.Add((name, value));
        }
        else
        {
            Fields[at] = (name, value);
        }

        return this;
    }

    public SignedPayload Without(string name)
    {
        Fields.RemoveAll(field => field.Name == name);
        return this;
    }

    /// <summary>The fields in another order: each number picks one of those that are left.</summary>
    public SignedPayload Shuffled(Func<int, int> next)
    {
        for (int i = Fields.Count - 1; i > 0; i--)
        {
            int other = next(i + 1);
            (Fields[i], Fields[other]) = (Fields[other], Fields[i]);
        }

        return this;
    }

    public byte[] Payload() => Encoded(writer =>
    {
        writer.WriteStartMap(Indefinite ? null : Fields.Count);
        foreach (var (name, value) in Fields)
        {
            writer.WriteTextString(name);
            writer.WriteEncodedValue(value);
        }

        writer.WriteEndMap();
    });

    public byte[] Document()
    {
        byte[] payload = Payload();
        return NitroIssuer.Envelope(payload, Leaf.Sign(CoseSign1.SignedBytes(payload)));
    }
}
