using System.Buffers.Binary;
using Kms.Core.Primitives;

namespace Kms.Core.Store;

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
