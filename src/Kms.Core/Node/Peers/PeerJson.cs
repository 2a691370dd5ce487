using System.Diagnostics.CodeAnalysis;
using Kms.Core.Json;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Peers;

/// <summary>Reads the JSON answers of peers that the node looks at: <c>/nonce</c>, <c>/status</c> and refusals. Hostile text.</summary>
internal static class PeerJson
{
    public static bool TryReadNonce(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out string? nonce)
    {
        Span<byte> bytes = stackalloc byte[Limits.NonceBytes];
        nonce = Read(body)["nonce"].Text is { } text && StrictBase64.TryDecode(text, bytes) ? text : null;
        return nonce is not null;
    }

    /// <summary>True when the answer says that the node serves.</summary>
    public static bool SaysReady(ReadOnlyMemory<byte> body) => Read(body)["ready"].Boolean == true;

    /// <summary><c>error.code</c> of a refusal, or null.</summary>
    public static string? ErrorCode(ReadOnlyMemory<byte> body) => Read(body)["error"]["code"].Text;

    private static JsonValue Read(ReadOnlyMemory<byte> body) =>
        StrictJson.TryParse(body, Limits.MaxStatusAnswerBytes, out var json) ? json : JsonValue.Absent;
}
