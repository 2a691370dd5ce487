using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Core.Json;
using JsonValue = Kms.Core.Json.JsonValue;

namespace Kms.Devnet.Chain;

/// <summary>What <c>forge script --json</c> prints and records: JSON objects, one a line, and a file of transactions.</summary>
internal static class ForgeOutput
{
    private const int MaxBytes = 64 * 1024 * 1024;

    // A line may hold the traces of nested calls.
    private const int MaxDepth = 64;

    /// <summary>The addresses and ids that the deployment script logs, and the path of forge's record of its transactions.</summary>
    public static bool TryRead(IReadOnlyCollection<string> lines, [NotNullWhen(true)] out ForgeDeployment? deployed, [NotNullWhen(true)] out string? recordPath)
    {
        JsonValue[] objects = [.. lines.Where(line => line.StartsWith('{')).Select(line => Parse(Encoding.UTF8.GetBytes(line)))];
        recordPath = objects.Select(line => line["transactions"].Text).FirstOrDefault(path => path is not null);
        deployed = objects.Select(line => FromLogs(line["logs"])).FirstOrDefault(found => found is not null);
        return deployed is not null && recordPath is not null;
    }

    /// <summary>The transactions of a record as an RPC takes them, in order; null when it is none.</summary>
    public static IReadOnlyList<JsonObject>? Transactions(ReadOnlyMemory<byte> record)
    {
        var entries = Parse(record)["transactions"].Items;
        JsonObject[] transactions = [.. (entries ?? []).Select(entry => Transaction(entry["transaction"])).OfType<JsonObject>()];
        return transactions.Length > 0 && transactions.Length == entries!.Count ? transactions : null;
    }

    private static JsonValue Parse(ReadOnlyMemory<byte> utf8) =>
        StrictJson.TryParse(utf8, MaxBytes, MaxDepth, out var json, out _) ? json : JsonValue.Absent;

    // Every field that an RPC takes is a text: quantities and data are hex. Null stands for absent.
    private static JsonObject? Transaction(JsonValue json) =>
        json["from"].Text is null
            ? null
            : new JsonObject(json.Members.Where(member => member.Value.Text is not null).Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value.Text)));

    // The script's logs are name=value lines.
    private static ForgeDeployment? FromLogs(JsonValue logs)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string[] pair in (logs.Items ?? []).Select(log => (log.Text ?? string.Empty).Split('=', 2)).Where(pair => pair.Length == 2))
        {
            values[pair[0]] = pair[1];
        }

        return WalletAddress.TryParse(values.GetValueOrDefault("novaAppRegistry"), out var apps)
            && WalletAddress.TryParse(values.GetValueOrDefault("kmsRegistry"), out var registry)
            && TryId(values.GetValueOrDefault("kmsAppId"), out ulong app)
            && TryId(values.GetValueOrDefault("kmsVersionId"), out ulong version)
                ? new ForgeDeployment(apps, registry, AppId.From(app), VersionId.From(version))
                : null;
    }

    private static bool TryId(string? text, out ulong id) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id > 0;
}
