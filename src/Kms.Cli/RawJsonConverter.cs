using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kms.Cli;

/// <summary>Puts JSON that was read already into a result of the program's own, without reading it again.</summary>
internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("foreign JSON is read by StrictJson");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Text, skipInputValidation: true);
}
