using System.Buffers.Binary;
using System.Formats.Cbor;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>Writes canonical CBOR (RFC 8949 §4.2) maps with small integer keys in ascending order.</summary>
internal sealed class SyncWriter
{
    private readonly CborWriter _cbor = new(CborConformanceMode.Canonical);

    /// <summary>Begins a map; each field is a key and a value, in ascending order of keys.</summary>
    public SyncWriter Map(int fields)
    {
        _cbor.WriteStartMap(fields);
        return this;
    }

    public SyncWriter End()
    {
        _cbor.WriteEndMap();
        return this;
    }

    public SyncWriter Key(int key)
    {
        _cbor.WriteInt32(key);
        return this;
    }

    public SyncWriter Number(ulong value)
    {
        _cbor.WriteUInt64(value);
        return this;
    }

    public SyncWriter Flag(bool value)
    {
        _cbor.WriteBoolean(value);
        return this;
    }

    public SyncWriter Text(string value)
    {
        _cbor.WriteTextString(value);
        return this;
    }

    public SyncWriter Bytes(ReadOnlySpan<byte> value)
    {
        _cbor.WriteByteString(value);
        return this;
    }

    public SyncWriter Hash(Bytes32 value)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        value.CopyTo(bytes);
        return Bytes(bytes);
    }

    public SyncWriter Incarnation(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return Bytes(bytes);
    }

    /// <summary>32 bytes, as in associated data and version strings.</summary>
    public SyncWriter Id(WriteId value)
    {
        Span<byte> bytes = stackalloc byte[RecordVersion.Bytes];
        RecordVersion.Write(value, bytes);
        return Bytes(bytes);
    }

    public SyncWriter Name(RecordName value)
    {
        _cbor.WriteStartArray(2);
        Number(value.App.Value).Text(value.Key);
        _cbor.WriteEndArray();
        return this;
    }

    public SyncWriter List<T>(IReadOnlyList<T> items, Action<SyncWriter, T> write)
    {
        _cbor.WriteStartArray(items.Count);
        foreach (var item in items)
        {
            write(this, item);
        }

        _cbor.WriteEndArray();
        return this;
    }

    public byte[] Finish() => _cbor.Encode();
}
