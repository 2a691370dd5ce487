using System.Security.Cryptography;
using System.Text.Json;

namespace Kms.Client;

/// <summary>Parses answers once, into the types that callers get; null for anything else than what the route promises.</summary>
internal static class KmsAnswers
{
    public static DerivedKey? Derived(ReadOnlyMemory<byte> json, DeriveRequest request) => Read(json, root =>
    {
        bool fits = root.GetProperty("path").GetString() == request.Path
            && root.GetProperty("length").GetInt32() == request.Length
            && (request.Epoch is not { } asked || root.GetProperty("epoch").GetUInt64() == asked.Value);
        byte[]? key = fits ? Secret(root.GetProperty("key")) : null;
        return key?.Length == request.Length
            ? new DerivedKey(AppId.From(root.GetProperty("app_id").GetUInt64()), Epoch.From(root.GetProperty("epoch").GetUInt64()), key)
            : null;
    });

    public static StoredValue? Stored(ReadOnlyMemory<byte> json, string key) => Read(json, root =>
        root.GetProperty("key").GetString() == key && Secret(root.GetProperty("value")) is { } value
            ? new StoredValue(key, value, root.GetProperty("version").GetString()!, root.GetProperty("updated_at_ms").GetInt64())
            : null);

    public static PutReceipt? Put(ReadOnlyMemory<byte> json, string key) => Read(json, root =>
        root.GetProperty("key").GetString() == key
            ? new PutReceipt(key, root.GetProperty("version").GetString()!, root.GetProperty("updated_at_ms").GetInt64())
            : null);

    public static IReadOnlyList<string>? Keys(ReadOnlyMemory<byte> json) => Read<IReadOnlyList<string>>(json, root =>
        [.. root.GetProperty("keys").EnumerateArray().Select(key => key.GetString()!)]);

    /// <summary>True when the key existed.</summary>
    public static bool? Deleted(ReadOnlyMemory<byte> json, string key) => Read<object>(json, root =>
        root.GetProperty("key").GetString() == key ? root.GetProperty("deleted").GetBoolean() : null) as bool?;

    /// <summary>Code and message of an error body; empty strings when it is none.</summary>
    public static (string Code, string Message) ErrorOf(ReadOnlySpan<byte> json) =>
        Read(json.ToArray(), root => root.GetProperty("error") is var error
            ? Tuple.Create(Printable(error.GetProperty("code").GetString()), Printable(error.GetProperty("message").GetString()))
            : null) is { } found
            ? (found.Item1, found.Item2)
            : (string.Empty, string.Empty);

    private static T? Read<T>(ReadOnlyMemory<byte> json, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            // Over the caller's buffer: no copy of the plaintext is made.
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object ? read(document.RootElement) : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static byte[]? Secret(JsonElement element)
    {
        if (!element.TryGetBytesFromBase64(out byte[]? bytes))
        {
            return null;
        }

        byte[] pinned = GC.AllocateArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned, 0);
        CryptographicOperations.ZeroMemory(bytes);
        return pinned;
    }

    // Others wrote it, and it ends on a terminal.
    private static string Printable(string? text) =>
        new([.. (text ?? string.Empty).Take(200).Select(character => char.IsControl(character) ? '?' : character)]);
}
