using System.Text;
using System.Text.Json;
using Kms.Adapters.Ethereum;
using Kms.Core.Json;
using JsonValue = Kms.Core.Json.JsonValue;

namespace Kms.Devnet.Rpc;

/// <summary>What a light client says to one call: a result, which may be null, or an error without data.</summary>
internal readonly record struct LightAnswer(JsonValue Result, long Code, string Message)
{
    public const long ParseError = -32700; // JSON-RPC 2.0 §5.1
    public const long InvalidRequest = -32600;
    public const long MethodNotFound = -32601;
    public const long InvalidParams = -32602;

    /// <summary>The code of everything else that went wrong.</summary>
    private const long AnyError = 1;

    public static LightAnswer Ok(JsonValue result) => new(result, 0, string.Empty);

    public static LightAnswer Ok(ulong quantity)
    {
        byte[] text = Encoding.UTF8.GetBytes($"\"{RpcJson.Quantity(quantity)}\"");
        Invariant.Require(StrictJson.TryParse(text, text.Length, out var value));
        return Ok(value!);
    }

    public static LightAnswer Fail(string message) => new(JsonValue.Absent, AnyError, message);

    public static LightAnswer Fail(long code, string message) => new(JsonValue.Absent, code, message);

    /// <param name="id">As it was sent; absent where it could not be read.</param>
    public void WriteTo(Utf8JsonWriter json, JsonValue id)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        (id.Kind == JsonKind.Absent ? JsonValue.Null : id).WriteTo(json);
        if (Result.Kind != JsonKind.Absent)
        {
            json.WritePropertyName("result"u8);
            Result.WriteTo(json);
        }
        else
        {
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, Code);
            json.WriteString("message"u8, Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
