using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>The JSON form of <see cref="OdynEnvelope"/>: <c>{"sender_tee_pubkey","nonce","encrypted_data"}</c>, hex with or without <c>0x</c>.</summary>
internal static class EnvelopeJson
{
    /// <summary>AES-GCM tag: no ciphertext is shorter.</summary>
    private const int TagBytes = 16;

    private static readonly JsonField[] Shape =
    [
        new("sender_tee_pubkey", JsonFieldKind.Text, Required: true),
        new("nonce", JsonFieldKind.Text, Required: true),
        new("encrypted_data", JsonFieldKind.Text, Required: true),
    ];

    /// <summary>Parses strictly; false for anything that is not exactly an envelope (a plaintext body above all).</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out OdynEnvelope? envelope) =>
        TryParse(utf8, expected: null, UnknownMembers.Refused, out envelope, out _);

    /// <summary>The same, and false for any other sender. Cheap: the key is recognised, not proven to be a point again.</summary>
    public static bool TryParseFrom(TeePublicKey sender, ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out OdynEnvelope? envelope)
    {
        ArgumentNullException.ThrowIfNull(sender);
        return TryParse(utf8, sender, UnknownMembers.Refused, out envelope, out _) && envelope.Sender.Equals(sender);
    }

    /// <param name="expected">The key that the sender should have: recognised by its bytes, since proving any other to be a
    /// point of the curve costs more than the rest of a request.</param>
    internal static bool TryParse(
        ReadOnlySpan<byte> utf8,
        TeePublicKey? expected,
        UnknownMembers unknown,
        [NotNullWhen(true)] out OdynEnvelope? envelope,
        [NotNullWhen(false)] out ApiRefusal? refusal)
    {
        envelope = null;
        if (!FlatJson.TryParse(utf8, Shape, unknown, out var json, out refusal))
        {
            // Broken JSON stays bad_json; JSON of another shape is "not an envelope", plaintext included.
            refusal = refusal.Error == ApiError.BadField ? new ApiRefusal(ApiError.BadEnvelope, "the body is no envelope: " + refusal.Message) : refusal;
            return false;
        }

        using (json)
        {
            if (!TryParseSender(json.Text(0)!, expected, out var sender))
            {
                refusal = new ApiRefusal(ApiError.BadEnvelope, "sender_tee_pubkey: not a P-384 public key");
                return false;
            }

            if (!Hex.TryDecode(json.Text(1), 32, out var nonce) || nonce.Length is not (12 or 32))
            {
                refusal = new ApiRefusal(ApiError.BadEnvelope, "nonce: not 12 or 32 bytes of hex");
                return false;
            }

            if (!Hex.TryDecode(json.Text(2), Limits.MaxBodyBytes, out var ciphertext) || ciphertext.Length < TagBytes)
            {
                refusal = new ApiRefusal(ApiError.BadEnvelope, "encrypted_data: not hex of a ciphertext with its tag");
                return false;
            }

            envelope = new OdynEnvelope(sender, nonce, ciphertext);
            return true;
        }
    }

    /// <summary>UTF-8 JSON; bare lower-case hex, as existing nodes and clients write it.</summary>
    public static byte[] Serialize(OdynEnvelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var buffer = new ArrayBufferWriter<byte>((envelope.Ciphertext.Length * 2) + 512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("sender_tee_pubkey", Hex.EncodeBare(envelope.Sender.ToSpki()));
            writer.WriteString("nonce", Hex.EncodeBare(envelope.Nonce.Span));
            writer.WriteString("encrypted_data", Hex.EncodeBare(envelope.Ciphertext.Span));
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryParseSender(string hex, TeePublicKey? expected, [NotNullWhen(true)] out TeePublicKey? sender)
    {
        sender = null;
        if (!Hex.TryDecode(hex, TeePublicKey.SpkiBytes, out var bytes))
        {
            return false;
        }

        if (expected is not null && (bytes.AsSpan().SequenceEqual(expected.Point) || bytes.AsSpan().SequenceEqual(expected.ToSpki())))
        {
            sender = expected;
            return true;
        }

        return TeePublicKey.TryFrom(bytes, out sender) && sender is not null;
    }
}
