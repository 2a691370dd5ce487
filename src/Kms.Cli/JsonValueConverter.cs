using System.Text.Json;
using System.Text.Json.Serialization;
using Kms.Core.Json;

namespace Kms.Cli;

/// <summary>Puts JSON that a node wrote, and that was read strictly, into a result of the program's own.</summary>
internal sealed class JsonValueConverter : JsonConverter<JsonValue>
{
    public override JsonValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("foreign JSON is read by StrictJson");

    public override void Write(Utf8JsonWriter writer, JsonValue value, JsonSerializerOptions options) => value.WriteTo(writer);
}
