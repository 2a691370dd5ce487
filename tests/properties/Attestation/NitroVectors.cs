using System.Text.Json;
using Kms.Properties.Vectors;

namespace Kms.Properties.Attestation;

/// <summary>The real documents and what is known of them.</summary>
internal static class NitroVectors
{
    public static IReadOnlyList<JsonElement> Cases { get; } = VectorFile.Cases("nitro/expected.json");

    public static JsonElement Production { get; } = Cases.Single(vector => vector.Text("file") == "production.cbor");

    public static byte[] ProductionBytes { get; } = VectorFile.Bytes("nitro/production.cbor");

    public static byte[] ProductionNonce { get; } = Production.Hex("nonce");

    public static DateTimeOffset ProductionTime { get; } = Time(Production);

    public static DateTimeOffset Time(JsonElement vector) => DateTimeOffset.FromUnixTimeMilliseconds(vector.GetProperty("timestamp_ms").GetInt64());
}
