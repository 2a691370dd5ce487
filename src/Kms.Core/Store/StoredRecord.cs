using System.Buffers.Binary;
using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>One key's newest write as it is stored and replicated. Immutable; the value is always sealed.</summary>
/// <param name="Sealed">nonce ‖ ciphertext ‖ tag under the epoch's app data key; a tombstone seals the empty value.</param>
/// <param name="Parent">The write that the writer replaced; null when it held nothing under the key.</param>
/// <param name="ExpiryMs">Unix milliseconds of trusted time; kept on the tombstone that expiry makes, absent on a deletion.</param>
internal sealed record StoredRecord(
    AppId App,
    string Key,
    ReadOnlyMemory<byte> Sealed,
    WriteId Id,
    WriteId? Parent,
    bool Tombstone,
    long? ExpiryMs,
    Epoch Epoch)
{
    /// <summary>Bytes that AES-256-GCM adds: nonce (12) and tag (16).</summary>
    public const int SealOverheadBytes = 28;

    public RecordName Name => new(App, Key);

    /// <summary>Length of the sealed plaintext.</summary>
    public int PlaintextBytes => Sealed.Length - SealOverheadBytes;

    public bool IsExpired(long nowMs) => !Tombstone && ExpiryMs <= nowMs;

    /// <summary>What the seal covers besides the value.</summary>
    public byte[] AssociatedData() => RecordAssociatedData.Encode(App, Key, Id, Parent, Tombstone, ExpiryMs, Epoch);

    /// <summary>Never the value, not even sealed.</summary>
    public override string ToString() => $"{Name} {RecordVersion.Format(Id)}{(Tombstone ? " tombstone" : "")} epoch {Epoch}";
}

/// <summary>Where a record lives: app and key, ordered by app and then by ordinal key.</summary>
internal readonly record struct RecordName(AppId App, string Key) : IComparable<RecordName>
{
    public int CompareTo(RecordName other)
    {
        int order = App.CompareTo(other.App);
        return order != 0 ? order : string.CompareOrdinal(Key, other.Key);
    }

    public static bool operator <(RecordName left, RecordName right) => left.CompareTo(right) < 0;

    public static bool operator >(RecordName left, RecordName right) => left.CompareTo(right) > 0;

    public static bool operator <=(RecordName left, RecordName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RecordName left, RecordName right) => left.CompareTo(right) >= 0;

    /// <summary>The app only: keys are the app's business, not the log's.</summary>
    public override string ToString() => $"app {App}";
}

/// <summary>The version string that clients see: 32 bytes of a <see cref="WriteId"/> in lower-case hex, opaque to them.</summary>
internal static class RecordVersion
{
    public const int Bytes = 32;

    /// <summary>What <c>if_version</c> says to demand that the key does not exist, and what a conflict reports then.</summary>
    public const string None = "none";

    /// <summary>timestamp (8) ‖ incarnation (16) ‖ counter (8), big-endian: byte order is the order of writes.</summary>
    public static void Write(WriteId id, Span<byte> destination)
    {
        BinaryPrimitives.WriteInt64BigEndian(destination, id.TimestampMs);
        BinaryPrimitives.WriteUInt128BigEndian(destination[8..], id.Incarnation);
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], id.Counter);
    }

    public static string Format(WriteId id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        Write(id, bytes);
        return Hex.EncodeBare(bytes);
    }
}

/// <summary>Part of a snapshot.</summary>
/// <param name="Next">Where to go on; null when this was the last page.</param>
/// <param name="Sequence">The store's sequence when the page was read.</param>
internal sealed record RecordPage(IReadOnlyList<StoredRecord> Records, RecordName? Next, ulong Sequence);
