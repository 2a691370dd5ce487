using System.Buffers.Binary;
using System.Text;
using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>Seals and opens stored values under an epoch's app data key. Implemented by the secret ring.</summary>
internal interface IValueSealer
{
    /// <summary>nonce (12) ‖ ciphertext ‖ tag (16), AES-256-GCM; false when the epoch's secret is not usable here.</summary>
    bool TrySeal(AppId app, Epoch epoch, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, out byte[] sealedValue);

    /// <summary>The caller zeroes the plaintext.</summary>
    SealerOpenResult TryOpen(AppId app, Epoch epoch, ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> associatedData, out byte[] plaintext);
}

/// <summary>Outcome of opening a sealed value.</summary>
internal enum SealerOpenResult
{
    Opened,
    EpochUnavailable,
    NotAuthentic,
}

/// <summary>
/// What the seal of a record covers besides its value (docs/spec/peer-protocol.md, "Associated data"). Every field has a fixed
/// width and the key comes last with its length, so two different records never share an encoding.
/// </summary>
internal static class RecordAssociatedData
{
    private static ReadOnlySpan<byte> Domain => "NovaKMS:Record:1"u8;

    // domain, app, epoch, id, parent flag and id, tombstone, expiry flag and value, key length.
    private const int FixedBytes = 16 + 8 + 8 + RecordVersion.Bytes + 1 + RecordVersion.Bytes + 1 + 1 + 8 + 4;

    public static byte[] Encode(AppId app, string key, WriteId id, WriteId? parent, bool tombstone, long? expiryMs, Epoch epoch)
    {
        Invariant.Require(!app.IsDefault);
        Invariant.Require(!epoch.IsDefault);
        int keyBytes = Encoding.UTF8.GetByteCount(key);
        var encoded = new byte[FixedBytes + keyBytes];
        var rest = encoded.AsSpan();
        Domain.CopyTo(rest);
        rest = rest[Domain.Length..];
        BinaryPrimitives.WriteUInt64BigEndian(rest, app.Value);
        BinaryPrimitives.WriteUInt64BigEndian(rest[8..], epoch.Value);
        rest = rest[16..];
        RecordVersion.Write(id, rest);
        rest = rest[RecordVersion.Bytes..];
        rest[0] = parent is null ? (byte)0 : (byte)1;
        RecordVersion.Write(parent ?? default, rest[1..]);
        rest = rest[(1 + RecordVersion.Bytes)..];
        rest[0] = tombstone ? (byte)1 : (byte)0;
        rest[1] = expiryMs is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt64BigEndian(rest[2..], expiryMs ?? 0);
        BinaryPrimitives.WriteInt32BigEndian(rest[10..], keyBytes);
        int written = Encoding.UTF8.GetBytes(key, rest[14..]);
        Invariant.Require(written == keyBytes);
        return encoded;
    }
}
