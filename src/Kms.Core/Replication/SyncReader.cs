using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Text;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>
/// Reads canonical CBOR from a peer: definite lengths, shortest forms, sorted keys without duplicates, well-formed UTF-8, known
/// fields only, and a limit on every length before anything is allocated for it.
/// </summary>
/// <remarks>Refuses by <see cref="CborContentException"/>, which <see cref="SyncCodec.TryDecode"/> alone turns into a result.</remarks>
internal sealed class SyncReader
{
    private readonly CborReader _cbor;
    private int? _key;

    public SyncReader(ReadOnlyMemory<byte> data) => _cbor = new CborReader(data, CborConformanceMode.Canonical);

    /// <summary>Reads a map whose fields the reader takes in ascending order of keys, all of them.</summary>
    public T Map<T>(Func<SyncReader, T> read)
    {
        int? outer = _key;
        Demand(_cbor.ReadStartMap() is not null);
        Advance();
        var value = read(this);
        Demand(_key is null);
        _cbor.ReadEndMap();
        _key = outer;
        return value;
    }

    /// <summary>Reads the field that must come next.</summary>
    public T Field<T>(int key, Func<SyncReader, T> read)
    {
        Demand(_key == key);
        var value = read(this);
        Advance();
        return value;
    }

    /// <summary>Reads a field if it comes next.</summary>
    public T? Optional<T>(int key, Func<SyncReader, T> read)
        where T : struct => _key == key ? Field(key, read) : null;

    /// <summary>Reads a field of a reference type if it comes next.</summary>
    public T? OptionalOf<T>(int key, Func<SyncReader, T> read)
        where T : class => _key == key ? Field(key, read) : null;

    public ulong Number() => _cbor.ReadUInt64();

    public long Milliseconds() => (long)Limited(Number(), Limits.MaxTimestampMs);

    public int Number(int max) => (int)Limited(Number(), (ulong)max);

    public bool Flag() => _cbor.ReadBoolean();

    public AppId App()
    {
        ulong value = Number();
        Demand(value != 0);
        return AppId.From(value);
    }

    public Epoch Epoch()
    {
        ulong value = Number();
        Demand(value != 0);
        return Primitives.Epoch.From(value);
    }

    public string RecordKey()
    {
        // The definite-length view avoids a copy before the length is known to be allowed.
        var bytes = _cbor.ReadDefiniteLengthTextStringBytes();
        Demand(bytes.Length is > 0 and <= Limits.MaxKeyBytes);
        string key = Encoding.UTF8.GetString(bytes.Span);
        Demand(Encoding.UTF8.GetByteCount(key) == bytes.Length && Encoding.UTF8.GetBytes(key).AsSpan().SequenceEqual(bytes.Span));
        return key;
    }

    public byte[] Bytes(int min, int max)
    {
        var bytes = _cbor.ReadDefiniteLengthByteString();
        Demand(bytes.Length >= min && bytes.Length <= max);
        return bytes.ToArray();
    }

    public Bytes32 Hash() => Bytes32.From(Bytes(Bytes32.Size, Bytes32.Size));

    public UInt128 Incarnation()
    {
        var value = BinaryPrimitives.ReadUInt128BigEndian(Bytes(16, 16));
        Demand(value != 0);
        return value;
    }

    /// <summary>Zero is allowed: a node that starts has none.</summary>
    public UInt128 Lineage() => BinaryPrimitives.ReadUInt128BigEndian(Bytes(16, 16));

    public WriteId Id()
    {
        var bytes = Bytes(RecordVersion.Bytes, RecordVersion.Bytes);
        long timestampMs = BinaryPrimitives.ReadInt64BigEndian(bytes);
        Demand(timestampMs is >= 0 and <= Limits.MaxTimestampMs);
        var id = new WriteId(timestampMs, BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(8)), BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(24)));
        Demand(id.Incarnation != 0);
        return id;
    }

    public RecordName Name()
    {
        Demand(_cbor.ReadStartArray() == 2);
        var name = new RecordName(App(), RecordKey());
        _cbor.ReadEndArray();
        return name;
    }

    public IReadOnlyList<T> List<T>(int max, Func<SyncReader, T> read)
    {
        int? count = _cbor.ReadStartArray();
        Demand(count is not null && count <= max);
        var items = new List<T>();
        for (int i = 0; i < count; i++)
        {
            items.Add(read(this));
        }

        _cbor.ReadEndArray();
        return items;
    }

    /// <summary>Nothing may follow.</summary>
    public void Finish() => Demand(_cbor.BytesRemaining == 0);

    public static void Demand(bool condition)
    {
        if (!condition)
        {
            throw new CborContentException("not a message of this protocol");
        }
    }

    private static ulong Limited(ulong value, ulong max)
    {
        Demand(value <= max);
        return value;
    }

    private void Advance() => _key = _cbor.PeekState() == CborReaderState.EndMap ? null : _cbor.ReadInt32();
}

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
