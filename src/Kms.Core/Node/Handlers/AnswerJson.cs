using System.Text.Encodings.Web;
using System.Text.Json;
using Kms.Core.Node.Pipeline;

namespace Kms.Core.Node.Handlers;

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
