using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Handover;

/// <summary>The receiver's message. Canonical CBOR with text keys; nothing left over.</summary>
/// <param name="Nonce">The receiver's nonce, 32 bytes: the sender's document must bind it (<see cref="HandoverTerms.Nonce"/>).</param>
/// <param name="Challenge">A nonce of the sender (<c>GET /nonce</c>), 48 bytes: the receiver's document binds it.</param>
/// <param name="Attestation">The receiver's document.</param>
internal sealed record HandoverRequest(
    Epoch Epoch, Bytes32 Hash, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Challenge, ReadOnlyMemory<byte> Attestation)
{
    public const string Type = "handover";

    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(6);
        writer.WriteTextString("type");
        writer.WriteTextString(Type);
        writer.WriteTextString("epoch");
        writer.WriteUInt64(Epoch.Value);
        writer.WriteTextString("hash");
        writer.WriteByteString(Hash.ToArray());
        writer.WriteTextString("nonce");
        writer.WriteByteString(Nonce.Span);
        writer.WriteTextString("challenge");
        writer.WriteByteString(Challenge.Span);
        writer.WriteTextString("attestation");
        writer.WriteByteString(Attestation.Span);
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out HandoverRequest? request)
    {
        request = null;
        if (!HandoverFields.TryRead(body, out var fields)
            || fields.Count != 6
            || fields.Text("type") != Type
            || fields.Number("epoch") is not > 0
            || fields.Bytes("hash") is not { Length: Bytes32.Size } hash
            || fields.Bytes("nonce") is not { Length: Limits.HandoverNonceBytes } nonce
            || fields.Bytes("challenge") is not { Length: Limits.NonceBytes } challenge
            || fields.Bytes("attestation") is not { Length: > 0 and <= Limits.MaxAttestationBytes } attestation)
        {
            return false;
        }

        var asked = Bytes32.From(hash);
        if (asked.IsZero)
        {
            return false;
        }

        request = new HandoverRequest(Epoch.From(fields.Number("epoch")!.Value), asked, nonce, challenge, attestation);
        return true;
    }
}

/// <summary>The sender's answer. Canonical CBOR with text keys; nothing left over.</summary>
/// <param name="Attestation">The sender's document.</param>
/// <param name="Sealed">The secret, sealed for the receiver's ephemeral key (<see cref="HandoverSeal"/>).</param>
internal sealed record HandoverAnswer(ReadOnlyMemory<byte> Attestation, ReadOnlyMemory<byte> Sealed)
{
    public byte[] Encode()
    {
        var writer = new CborWriter(CborConformanceMode.Canonical);
        writer.WriteStartMap(3);
        writer.WriteTextString("type");
        writer.WriteTextString(HandoverRequest.Type);
        writer.WriteTextString("attestation");
        writer.WriteByteString(Attestation.Span);
        writer.WriteTextString("sealed");
        writer.WriteByteString(Sealed.Span);
        writer.WriteEndMap();
        return writer.Encode();
    }

    public static bool TryParse(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out HandoverAnswer? answer)
    {
        answer = null;
        if (!HandoverFields.TryRead(body, out var fields)
            || fields.Count != 3
            || fields.Text("type") != HandoverRequest.Type
            || fields.Bytes("attestation") is not { Length: > 0 and <= Limits.MaxAttestationBytes } attestation
            || fields.Bytes("sealed") is not { Length: HandoverSeal.SealedBytes } sealedSecret)
        {
            return false;
        }

        answer = new HandoverAnswer(attestation, sealedSecret);
        return true;
    }
}

/// <summary>A flat canonical CBOR map of text keys to unsigned numbers, text and byte strings: all that handover messages are.</summary>
internal sealed class HandoverFields
{
    private const int MaxFields = 8;
    private const int MaxMessageBytes = Limits.MaxAttestationBytes + 1024;

    private readonly Dictionary<string, object> _fields = new(StringComparer.Ordinal);

    public int Count => _fields.Count;

    public string? Text(string name) => _fields.GetValueOrDefault(name) as string;

    public byte[]? Bytes(string name) => _fields.GetValueOrDefault(name) as byte[];

    public ulong? Number(string name) => _fields.GetValueOrDefault(name) as ulong?;

    /// <summary>False for anything else, duplicates and trailing bytes included.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, out HandoverFields fields)
    {
        fields = new HandoverFields();
        if (body.Length is 0 or > MaxMessageBytes)
        {
            return false;
        }

        try
        {
            return fields.Read(new CborReader(body, CborConformanceMode.Canonical));
        }
        catch (CborContentException)
        {
            return false;
        }
    }

    private bool Read(CborReader reader)
    {
        if (reader.PeekState() != CborReaderState.StartMap || reader.ReadStartMap() is not (> 0 and <= MaxFields))
        {
            return false;
        }

        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (reader.PeekState() != CborReaderState.TextString)
            {
                return false;
            }

            string name = reader.ReadTextString();
            switch (reader.PeekState())
            {
                case CborReaderState.UnsignedInteger:
                    _fields.Add(name, reader.ReadUInt64());
                    break;
                case CborReaderState.TextString:
                    _fields.Add(name, reader.ReadTextString());
                    break;
                case CborReaderState.ByteString:
                    _fields.Add(name, reader.ReadByteString());
                    break;
                default:
                    return false;
            }
        }

        reader.ReadEndMap();
        return reader.BytesRemaining == 0;
    }
}
