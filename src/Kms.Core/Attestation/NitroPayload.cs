using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;

namespace Kms.Core.Attestation;

/// <summary>The signed map inside a Nitro document (AWS, "Nitro Enclaves Attestation Process", section 3.1).</summary>
/// <remarks>
/// The nine documented fields are read strictly, in any order. Others are skipped: the hypervisor signed them, so nobody slips one
/// in, and a field that AWS adds must not strand every secret (finding R11). Registers have 48 bytes because the digest must be
/// SHA384.
/// </remarks>
internal sealed class NitroPayload
{
    private const string Digest = "SHA384";

    // 9999-12-31, the last day that DateTimeOffset holds.
    private const long MaxTimestampMs = 253_402_300_799_999;

    private NitroPayload()
    {
    }

    public string ModuleId { get; private set; } = "";

    /// <summary>Unix milliseconds.</summary>
    public long TimestampMs { get; private set; } = -1;

    public Dictionary<int, byte[]> Pcrs { get; } = [];

    public byte[] Certificate { get; private set; } = [];

    /// <summary>Root first.</summary>
    public List<byte[]> Bundle { get; } = [];

    public ReadOnlyMemory<byte> PublicKey { get; private set; }

    public ReadOnlyMemory<byte> UserData { get; private set; }

    public ReadOnlyMemory<byte> Nonce { get; private set; }

    private bool HasDigest { get; set; }

    private HashSet<string> Seen { get; } = [];

    // The six mandatory fields; a field that is there cannot be empty.
    private bool IsComplete =>
        ModuleId.Length > 0 && HasDigest && TimestampMs >= 0 && Certificate.Length > 0 && Bundle.Count > 0
        && Pcrs.ContainsKey(0) && Pcrs.ContainsKey(1) && Pcrs.ContainsKey(2);

    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NitroPayload? payload)
    {
        payload = null;
        try
        {
            var reader = new StrictCborReader(bytes);
            var read = new NitroPayload();

            // Builds of the hypervisor since 2025 write this one map with an indefinite length.
            reader.ReadMapOfAnyLength();
            while (!reader.AtEnd)
            {
                read.ReadField(reader);
            }

            reader.EndMap();
            payload = !reader.HasData && read.IsComplete ? read : null;
            return payload is not null;
        }
        catch (Exception refused) when (StrictCborReader.IsRefusal(refused))
        {
            return false;
        }
    }

    private void ReadField(StrictCborReader reader)
    {
        var name = reader.ReadText(1, Limits.MaxAttestationFieldNameBytes);

        // The reader compares encoded keys, and CBOR can encode one name's length in several ways.
        if (!Seen.Add(name) || Seen.Count > Limits.MaxAttestationFields)
        {
            throw new CborContentException("a repeated field, or too many");
        }

        switch (name)
        {
            case "module_id":
                ModuleId = reader.ReadText(1, Limits.MaxModuleIdBytes);
                break;
            case "digest":
                HasDigest = reader.ReadText(1, 16) == Digest ? true : throw new CborContentException("another digest");
                break;
            case "timestamp":
                TimestampMs = reader.ReadUnsigned(MaxTimestampMs);
                break;
            case "pcrs":
                ReadPcrs(reader);
                break;
            case "certificate":
                Certificate = reader.ReadBytes(1, Limits.MaxCertificateBytes);
                break;
            case "cabundle":
                ReadBundle(reader);
                break;
            case "public_key":
                PublicKey = reader.ReadOptionalBytes(0, Limits.MaxAttestedKeyBytes);
                break;
            case "user_data":
                UserData = reader.ReadOptionalBytes(0, Limits.MaxAttestedUserDataBytes);
                break;
            case "nonce":
                Nonce = reader.ReadOptionalBytes(0, Limits.MaxAttestedNonceBytes);
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private void ReadPcrs(StrictCborReader reader)
    {
        int count = reader.ReadMap(1, Limits.MaxPcrs);
        for (int i = 0; i < count; i++)
        {
            if (!Pcrs.TryAdd((int)reader.ReadUnsigned(Limits.MaxPcrs - 1), reader.ReadBytes(Limits.PcrBytes, Limits.PcrBytes)))
            {
                throw new CborContentException("repeated register");
            }
        }

        reader.EndMap();
    }

    private void ReadBundle(StrictCborReader reader)
    {
        int count = reader.ReadArray(1, Limits.MaxCertificates);
        for (int i = 0; i < count; i++)
        {
            Bundle.Add(reader.ReadBytes(1, Limits.MaxCertificateBytes));
        }

        reader.EndArray();
    }
}
