using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kms.Core.Node.Api;

namespace Kms.Client;

/// <summary>Writes the inner payloads (docs/spec/wire-v1.md) into pinned buffers, which the caller disposes.</summary>
internal static class KmsPayloads
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static SecretBuffer Derive(DeriveRequest request) => Write(request.Path.Length + request.Context.Length, writer =>
    {
        writer.WriteString("path", request.Path);
        if (request.Context.Length > 0)
        {
            writer.WriteString("context", request.Context);
        }

        writer.WriteNumber("length", request.Length);
        if (request.Epoch is { } epoch)
        {
            writer.WriteNumber("epoch", epoch.Value);
        }

        if (request.Derivation != 1)
        {
            writer.WriteNumber("derivation", request.Derivation);
        }
    });

    public static SecretBuffer Put(PutRequest request) => Write(request.Key.Length + (2 * request.Value.Length), writer =>
    {
        writer.WriteString("key", request.Key);
        writer.WriteBase64String("value", request.Value.Span);
        if (request.TtlMs is { } ttl)
        {
            writer.WriteNumber("ttl_ms", ttl);
        }

        if (request.IfVersion is { } version)
        {
            writer.WriteString("if_version", version);
        }

        if (request.AwaitQuorum)
        {
            writer.WriteString("ack", "quorum");
        }
    });

    public static SecretBuffer Delete(string key) => Write(key.Length, writer => writer.WriteString("key", key));

    /// <summary>Percent-encodes all but unreserved characters, upper-case: what v2 accepts in a target.</summary>
    public static string TargetOf(string key)
    {
        var target = new StringBuilder("/kms/data?key=");
        foreach (byte octet in Encoding.UTF8.GetBytes(key))
        {
            char character = (char)octet;
            _ = char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~'
                ? target.Append(character)
                : target.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return target.ToString();
    }

    private static SecretBuffer Write(int characters, Action<Utf8JsonWriter> fields)
    {
        var buffer = new SecretBuffer(8 * 1024 + (6 * characters));
        using var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        fields(writer);
        writer.WriteEndObject();
        return buffer;
    }
}
