using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using Kms.Core.Authentication;
using Kms.Core.Node.Api;
using Kms.Core.Node.Serving;

namespace Kms.Core.Node.Handlers;

/// <summary>An authorised request of an app: its nonce is consumed, its envelope opened.</summary>
/// <param name="Payload">The inner JSON; empty for reads. The pipeline zeroes it.</param>
/// <param name="Unknown">What becomes of its members that the route does not know.</param>
internal sealed record AppCall(
    VerifiedApp App, Readiness.Ready Ready, Route Route, ReadOnlyMemory<byte> Payload, UnknownMembers Unknown, NodeServices Services);

/// <summary>What a handler made of a call: plaintext JSON to seal, or a refusal. Disposing zeroes the plaintext.</summary>
internal sealed class AppAnswer : IDisposable
{
    private readonly SecretBuffer? _json;

    private AppAnswer(SecretBuffer? json, ApiRefusal? refusal, bool wrote)
    {
        _json = json;
        Refusal = refusal;
        Wrote = wrote;
    }

    public ApiRefusal? Refusal { get; }

    /// <summary>Something was stored or deleted: the caller must learn so even when the answer cannot be sealed.</summary>
    public bool Wrote { get; }

    public static AppAnswer Ok(SecretBuffer json, bool wrote = false) => new(json, null, wrote);

    public static AppAnswer Refused(ApiRefusal refusal) => new(null, refusal, wrote: false);

    public static AppAnswer Refused(ApiError error, string message) => Refused(new ApiRefusal(error, message));

    public bool TryGetJson([NotNullWhen(true)] out SecretBuffer? json)
    {
        json = _json;
        return json is not null;
    }

    public void Dispose() => _json?.Dispose();
}

/// <summary>Writes a handler's answer into a buffer that is zeroed after sealing.</summary>
internal static class AnswerJson
{
    /// <summary>
    /// Member names and numbers, and what Utf8JsonWriter wants free before it writes one string: three bytes for each character
    /// of its escaped form, so 18 for each of a key or path.
    /// </summary>
    private const int OverheadBytes = 4096 + (18 * Limits.MaxKeyBytes);

    // The answer is sealed JSON, never HTML: only what JSON itself demands is escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A UTF-16 unit grows to at most six bytes (\uXXXX).</summary>
    private const int MaxBytesPerChar = 6;

    /// <param name="chars">Characters of all strings that will be written, with 3 for the punctuation of each list item.</param>
    /// <param name="bytes">Bytes that will be written as base64.</param>
    public static SecretBuffer Create(long chars, int bytes) =>
        new(checked((int)(OverheadBytes + (chars * MaxBytesPerChar) + ((bytes + 2L) / 3 * 4))));

    /// <summary>Starts the object. The writer holds no copy: it writes into the buffer.</summary>
    public static Utf8JsonWriter Open(SecretBuffer buffer)
    {
        var writer = new Utf8JsonWriter(buffer, Options);
        writer.WriteStartObject();
        return writer;
    }

    public static void Close(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.Flush();
    }
}
