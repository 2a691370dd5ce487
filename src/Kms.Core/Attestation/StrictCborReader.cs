using System.Formats.Cbor;

namespace Kms.Core.Attestation;

/// <summary>A CBOR reader that refuses duplicate keys, anything outside the bounds it is given and, but for one map, indefinite lengths.</summary>
/// <remarks>Throws what <see cref="IsRefusal"/> recognises; parsers turn that into one "malformed".</remarks>
internal sealed class StrictCborReader(ReadOnlyMemory<byte> bytes)
{
    private readonly CborReader _reader = new(bytes, CborConformanceMode.Strict);

    public bool HasData => _reader.BytesRemaining > 0;

    /// <summary>The current array or map has no more items.</summary>
    public bool AtEnd => _reader.PeekState() is CborReaderState.EndArray or CborReaderState.EndMap;

    /// <summary>Malformed CBOR, another type than asked for, or a number out of range.</summary>
    public static bool IsRefusal(Exception exception) =>
        exception is CborContentException or InvalidOperationException or OverflowException;

    public void SkipTag(CborTag tag)
    {
        if (_reader.PeekState() == CborReaderState.Tag && _reader.ReadTag() != tag)
        {
            throw new CborContentException("unexpected tag");
        }
    }

    public int ReadArray(int min, int max) => Bounded(_reader.ReadStartArray(), min, max);

    public int ReadMap(int min, int max) => Bounded(_reader.ReadStartMap(), min, max);

    /// <summary>Definite or indefinite: the caller stops at <see cref="AtEnd"/> and bounds the count itself.</summary>
    public void ReadMapOfAnyLength() => _reader.ReadStartMap();

    public void EndArray() => _reader.ReadEndArray();

    public void EndMap() => _reader.ReadEndMap();

    public byte[] ReadBytes(int min, int max)
    {
        var value = _reader.ReadDefiniteLengthByteString();
        Bounded(value.Length, min, max);
        return value.ToArray();
    }

    /// <summary>Null reads as empty: optional fields of Nitro documents are null or left out.</summary>
    public byte[] ReadOptionalBytes(int min, int max)
    {
        if (_reader.PeekState() != CborReaderState.Null)
        {
            return ReadBytes(min, max);
        }

        _reader.ReadNull();
        return [];
    }

    public string ReadText(int min, int max)
    {
        var utf8 = _reader.ReadDefiniteLengthTextStringBytes();
        Bounded(utf8.Length, min, max);
        return System.Text.Encoding.UTF8.GetString(utf8.Span);
    }

    public long ReadUnsigned(long max)
    {
        ulong value = _reader.ReadUInt64();
        return value <= (ulong)max ? (long)value : throw new CborContentException("number out of bounds");
    }

    /// <summary>One well-formed item that nobody looks at, whatever it is.</summary>
    public void Skip() => _reader.SkipValue(disableConformanceModeChecks: true);

    private static int Bounded(int? count, int min, int max) =>
        count is { } known && known >= min && known <= max ? known : throw new CborContentException("length out of bounds");
}
