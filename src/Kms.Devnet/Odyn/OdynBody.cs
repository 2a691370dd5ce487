using Kms.Core.Json;

namespace Kms.Devnet.Odyn;

/// <summary>The members of a request's JSON object. One that is there but of another type is remembered: the request is refused.</summary>
internal sealed class OdynBody(JsonValue json)
{
    // As deep as the structures of Odyn's API are; user data is an object of its own.
    private const int MaxDepth = 32;
    private string? _refusal;

    /// <summary>The request as a whole, or why it is none.</summary>
    public static TBody? Read<TBody>(ReadOnlyMemory<byte> utf8, Func<OdynBody, TBody> read, out string refusal)
        where TBody : class
    {
        if (!StrictJson.TryParse(utf8, Limits.MaxOdynResponseBytes, MaxDepth, out var json, out var why))
        {
            refusal = $"not JSON: {why}";
            return null;
        }

        if (json.Kind != JsonKind.Object)
        {
            refusal = "a JSON object is needed";
            return null;
        }

        var members = new OdynBody(json);
        var body = read(members);
        refusal = members._refusal ?? string.Empty;
        return members._refusal is null ? body : null;
    }

    public string? Text(string name) => Of(json[name], JsonKind.Text, name) ? json[name].Text : null;

    public bool Flag(string name)
    {
        // Null is no flag, but absent is false.
        var value = json[name];
        Require(value.Kind is JsonKind.Absent or JsonKind.True or JsonKind.False, name);
        return value.Boolean == true;
    }

    public int? Integer(string name)
    {
        if (!Of(json[name], JsonKind.Number, name))
        {
            return null;
        }

        Require(json[name].Int64 is >= int.MinValue and <= int.MaxValue, name);
        return (int)Math.Clamp(json[name].Int64 ?? 0, int.MinValue, int.MaxValue);
    }

    public JsonValue Any(string name) => json[name];

    public TPart? Part<TPart>(string name, Func<OdynBody, TPart> read)
        where TPart : class =>
        Of(json[name], JsonKind.Object, name) ? Nested(json[name], read) : null;

    public IReadOnlyList<TPart>? Parts<TPart>(string name, Func<OdynBody, TPart> read)
        where TPart : class
    {
        if (!Of(json[name], JsonKind.Array, name))
        {
            return null;
        }

        var items = json[name].Items!;
        Require(items.All(item => item.Kind == JsonKind.Object), name);
        return [.. items.Select(item => Nested(item, read))];
    }

    public IReadOnlyList<string>? Texts(string name)
    {
        if (!Of(json[name], JsonKind.Array, name))
        {
            return null;
        }

        var items = json[name].Items!;
        Require(items.All(item => item.Kind == JsonKind.Text), name);
        return [.. items.Select(item => item.Text).OfType<string>()];
    }

    private TPart Nested<TPart>(JsonValue value, Func<OdynBody, TPart> read)
    {
        var part = new OdynBody(value);
        var made = read(part);
        _refusal ??= part._refusal;
        return made;
    }

    /// <summary>Whether it is there; null counts as absent.</summary>
    private bool Of(JsonValue value, JsonKind kind, string name)
    {
        Require(value.Kind == kind || value.Kind is JsonKind.Absent or JsonKind.Null, name);
        return value.Kind == kind;
    }

    private void Require(bool holds, string name) => _refusal ??= holds ? null : $"{name}: wrong type";
}
