using System.Formats.Cbor;

namespace Kms.Core.Node.Handover;

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
