using System.Security.Cryptography;
using System.Text;
using Kms.Core.Json;
using Kms.Core.Node.Api;

namespace Kms.Client;

/// <summary>Parses answers once, into the types that callers get; null for anything else than what the route promises.</summary>
internal static class KmsAnswers
{
    private const int MaxPrinted = 200;

    public static DerivedKey? Derived(ReadOnlyMemory<byte> json, DeriveRequest request)
    {
        var root = Read(json);
        if (root["path"].Text != request.Path || root["length"].Int64 != request.Length
            || root["app_id"].UInt64 is not (> 0 and var app) || root["epoch"].UInt64 is not (> 0 and var epoch)
            || (request.Epoch is { } asked && asked.Value != epoch)
            || !root["key"].TryBase64(out byte[]? key))
        {
            return null;
        }

        if (key.Length != request.Length)
        {
            CryptographicOperations.ZeroMemory(key);
            return null;
        }

        return new DerivedKey(AppId.From(app), Epoch.From(epoch), key);
    }

    public static StoredValue? Stored(ReadOnlyMemory<byte> json, string key)
    {
        var root = Read(json);
        return root["key"].Text == key && root["version"].Text is { } version && root["updated_at_ms"].Int64 is { } at
            && root["value"].TryBase64(out byte[]? value)
            ? new StoredValue(key, value, version, at)
            : null;
    }

    public static PutReceipt? Put(ReadOnlyMemory<byte> json, string key)
    {
        var root = Read(json);
        return root["key"].Text == key && root["version"].Text is { } version && root["updated_at_ms"].Int64 is { } at
            ? new PutReceipt(key, version, at) { StoredBy = (int?)root["stored_by"].Int64 }
            : null;
    }

    public static IReadOnlyList<string>? Keys(ReadOnlyMemory<byte> json)
    {
        string?[]? keys = Read(json)["keys"].Items?.Select(key => key.Text).ToArray();
        return keys is not null && !keys.Contains(null) ? keys.OfType<string>().ToArray() : null;
    }

    /// <summary>True when the key existed.</summary>
    public static bool? Deleted(ReadOnlyMemory<byte> json, string key)
    {
        var root = Read(json);
        return root["key"].Text == key ? root["deleted"].Boolean : null;
    }

    /// <summary>Code and message of an error body; empty strings when it is none.</summary>
    public static (string Code, string Message) ErrorOf(ReadOnlyMemory<byte> json) =>
        Read(json)["error"] is var error && error["code"].Text is { } code && error["message"].Text is { } message
            ? (Printable(code), Printable(message))
            : (string.Empty, string.Empty);

    /// <summary>A refusal after which a write may stand: it was carried out and its answer lost, or somebody else used up our proof.</summary>
    public static bool MayHaveActed(ReadOnlyMemory<byte> json) =>
        Read(json)["error"] is var error && (error["applied"].Boolean == true || error["code"].Text == ApiErrors.CodeOf(ApiError.NonceReplayed));

    /// <summary>A node's public status: whether it says that it is ready, why not, and whose wallet it claims.</summary>
    public static (bool Ready, string? Reason, string? Wallet) StatusOf(ReadOnlyMemory<byte> json) =>
        Read(json) is var root ? (root["ready"].Boolean == true, root["reason"].Text is { } reason ? Printable(reason) : null, root["node"]["tee_wallet"].Text) : default;

    /// <summary>A whole answer for a person to read: JSON without control characters, or null.</summary>
    public static string? Document(ReadOnlyMemory<byte> json) =>
        Read(json).Kind == JsonKind.Object ? new string([.. Encoding.UTF8.GetString(json.Span).Select(c => char.IsControl(c) ? ' ' : c)]) : null;

    /// <summary>The nonce of <c>GET /nonce</c>: visible characters, or null.</summary>
    public static string? Nonce(ReadOnlyMemory<byte> json) =>
        Read(json)["nonce"].Text is { Length: > 0 and <= 256 } text && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : null;

    // Over the caller's buffer: no copy of the plaintext is made.
    private static JsonValue Read(ReadOnlyMemory<byte> json) =>
        StrictJson.TryParse(json, Limits.MaxBodyBytes, out var root) ? root : JsonValue.Absent;

    // Others wrote it, and it ends on a terminal.
    private static string Printable(string text) =>
        new([.. text.Take(MaxPrinted).Select(character => char.IsControl(character) ? '?' : character)]);
}
