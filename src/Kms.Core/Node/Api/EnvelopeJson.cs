using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Api;

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

    /// <summary>Strict: anything that is not exactly an envelope is refused, a plaintext body above all.</summary>
    /// <param name="expected">The key that the sender should have, if one is: recognised by its bytes, since proving any other to be
    /// a point of the curve costs more than the rest of a request. The envelope may be another's all the same.</param>
    public static Result<OdynEnvelope, ApiRefusal> Parse(
        ReadOnlySpan<byte> utf8, TeePublicKey? expected = null, UnknownMembers unknown = UnknownMembers.Refused)
    {
        var parsed = FlatJson.Parse(utf8, Shape, unknown);
        if (!parsed.TryGet(out var json))
        {
            // Broken JSON stays bad_json; JSON of another shape is "not an envelope", plaintext included.
            var why = parsed.Failure!.Value;
            return why.Error == ApiError.BadField ? Refused("the body is no envelope: " + why.Message) : parsed.As<OdynEnvelope>();
        }

        using (json)
        {
            if (!TryParseSender(json.Text(0)!, expected, out var sender))
            {
                return Refused("sender_tee_pubkey: not a P-384 public key");
            }

            if (!Hex.TryDecode(json.Text(1), 32, out var nonce) || nonce.Length is not (12 or 32))
            {
                return Refused("nonce: not 12 or 32 bytes of hex");
            }

            return Hex.TryDecode(json.Text(2), Limits.MaxBodyBytes, out var ciphertext) && ciphertext.Length >= TagBytes
                ? Result<OdynEnvelope, ApiRefusal>.Ok(new OdynEnvelope(sender, nonce, ciphertext))
                : Refused("encrypted_data: not hex of a ciphertext with its tag");
        }
    }

    /// <summary>For who reads an answer: an envelope of exactly this sender, or nothing.</summary>
    public static bool TryParseFrom(TeePublicKey sender, ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out OdynEnvelope? envelope)
    {
        ArgumentNullException.ThrowIfNull(sender);
        return Parse(utf8, sender).TryGet(out envelope) && envelope.Sender.Equals(sender);
    }

    private static Result<OdynEnvelope, ApiRefusal> Refused(string message) =>
        Result<OdynEnvelope, ApiRefusal>.Fail(new ApiRefusal(ApiError.BadEnvelope, message));

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
