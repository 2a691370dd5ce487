using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>A COSE_Sign1 envelope (RFC 9052, section 4.2) with ES384 as its only protected header and no other.</summary>
internal sealed class CoseSign1
{
    /// <summary>r ‖ s.</summary>
    public const int SignatureBytes = 96;

    private const CborTag Sign1Tag = (CborTag)18;
    private readonly byte[] _signature;

    private CoseSign1(byte[] payload, byte[] signature)
    {
        Payload = payload;
        _signature = signature;
    }

    /// <summary>{1: -35}: algorithm ES384 (RFC 9053, section 2.1).</summary>
    public static ReadOnlySpan<byte> Es384Header => [0xa1, 0x01, 0x38, 0x22];

    public byte[] Payload { get; }

    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CoseSign1? envelope)
    {
        envelope = null;
        if (bytes.Length is 0 or > Limits.MaxAttestationBytes)
        {
            return false;
        }

        try
        {
            var reader = new StrictCborReader(bytes);
            reader.SkipTag(Sign1Tag);
            reader.ReadArray(4, 4);
            var header = reader.ReadBytes(Es384Header.Length, Es384Header.Length);
            reader.ReadMap(0, 0);
            reader.EndMap();
            var payload = reader.ReadBytes(1, Limits.MaxAttestationBytes);
            var signature = reader.ReadBytes(SignatureBytes, SignatureBytes);
            reader.EndArray();
            if (reader.HasData || !header.AsSpan().SequenceEqual(Es384Header))
            {
                return false;
            }

            envelope = new CoseSign1(payload, signature);
            return true;
        }
        catch (Exception refused) when (StrictCborReader.IsRefusal(refused))
        {
            return false;
        }
    }

    /// <summary>ES384 over the Sig_structure (RFC 9052, section 4.4).</summary>
    public bool IsSignedBy(TeePublicKey key)
    {
        using var verifier = ECDsa.Create(key.ToParameters());
        return verifier.VerifyData(SignedBytes(Payload), _signature, HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>What is signed: ["Signature1", protected header, no external data, payload].</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> payload)
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(Es384Header);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }
}
