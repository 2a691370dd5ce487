using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Peers;

/// <summary>Reads the two JSON answers of peers that the node looks at: <c>/nonce</c> and <c>/status</c>. Hostile text.</summary>
internal static class PeerJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.MaxJsonDepth };

    public static bool TryReadNonce(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out string? nonce)
    {
        nonce = null;
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            Span<byte> bytes = stackalloc byte[Limits.NonceBytes];
            nonce = document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("nonce", out var value) && value.ValueKind == JsonValueKind.String
                && value.GetString() is { } text && StrictBase64.TryDecode(text, bytes)
                ? text
                : null;
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // GetString on a string with a lone surrogate escape.
            return false;
        }

        return nonce is not null;
    }

    /// <summary><c>error.code</c> of a refusal, or null.</summary>
    public static string? ErrorCode(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.String
                ? code.GetString()
                : null;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>True when the answer says that the node serves.</summary>
    public static bool SaysReady(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("ready", out var ready) && ready.ValueKind == JsonValueKind.True;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
