using System.Buffers.Binary;
using System.Formats.Cbor;
using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>
/// Seals and opens sync messages under a channel key that only holders of the epoch's secret can derive. The seal covers the
/// epoch, the exchange (binding) and the direction, each of fixed width: no message opens in another place.
/// </summary>
internal static class ChannelCipher
{
    public const int KeyBytes = 32;
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    private static ReadOnlySpan<byte> Domain => "NovaKMS:Sync:1"u8;

    /// <summary>The body of POST /sync or of its answer: canonical CBOR {1: epoch, 2: nonce, 3: ciphertext ‖ tag}.</summary>
    /// <param name="binding">32-byte hash that names this one exchange (docs/spec/peer-protocol.md, "Binding").</param>
    /// <param name="nonce">12 fresh random bytes.</param>
    public static byte[] Seal(ReadOnlySpan<byte> key, Epoch epoch, Bytes32 binding, ChannelDirection direction, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> message)
    {
        Invariant.Require(key.Length == KeyBytes);
        Invariant.Require(nonce.Length == NonceBytes);
        Invariant.Require(!epoch.IsDefault);
        var sealedMessage = new byte[message.Length + TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, message, sealedMessage.AsSpan(0, message.Length), sealedMessage.AsSpan(message.Length), AssociatedData(epoch, binding, direction));
        return new SyncWriter().Map(3).Key(1).Number(epoch.Value).Key(2).Bytes(nonce).Key(3).Bytes(sealedMessage).End().Finish();
    }

    /// <summary>Reads which epoch's key a body needs; false when it is not a sealed body at all.</summary>
    public static bool TryReadEpoch(ReadOnlyMemory<byte> body, out Epoch epoch)
    {
        bool ok = TryParse(body, out var parts);
        epoch = parts.Epoch;
        return ok;
    }

    /// <summary>False when the body is malformed, of another epoch, or not authentic for this key, binding and direction.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> key, Epoch epoch, Bytes32 binding, ChannelDirection direction, ReadOnlyMemory<byte> body, out byte[] message)
    {
        Invariant.Require(key.Length == KeyBytes);
        message = [];
        if (!TryParse(body, out var parts) || parts.Epoch != epoch)
        {
            return false;
        }

        var plaintext = new byte[parts.Sealed.Length - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(parts.Nonce, parts.Sealed.AsSpan(0, plaintext.Length), parts.Sealed.AsSpan(plaintext.Length), plaintext, AssociatedData(epoch, binding, direction));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        message = plaintext;
        return true;
    }

    private static byte[] AssociatedData(Epoch epoch, Bytes32 binding, ChannelDirection direction)
    {
        var data = new byte[Domain.Length + 8 + Bytes32.Size + 1];
        Domain.CopyTo(data);
        BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(Domain.Length), epoch.Value);
        binding.CopyTo(data.AsSpan(Domain.Length + 8));
        data[^1] = (byte)direction;
        return data;
    }

    private static bool TryParse(ReadOnlyMemory<byte> body, out (Epoch Epoch, byte[] Nonce, byte[] Sealed) parts)
    {
        parts = default;
        if (body.Length > Limits.MaxSyncBodyBytes)
        {
            return false;
        }

        try
        {
            var reader = new SyncReader(body);
            parts = reader.Map(map => (
                map.Field(1, r => r.Epoch()),
                map.Field(2, r => r.Bytes(NonceBytes, NonceBytes)),
                map.Field(3, r => r.Bytes(TagBytes, TagBytes + Limits.MaxSyncMessageBytes))));
            reader.Finish();
            return true;
        }
        catch (Exception refused) when (refused is CborContentException or InvalidOperationException or OverflowException)
        {
            parts = default;
            return false;
        }
    }
}

/// <summary>Which way a sealed message travels; part of what its seal covers, so none can be reflected.</summary>
internal enum ChannelDirection : byte
{
    Request = 1,
    Answer = 2,
}
