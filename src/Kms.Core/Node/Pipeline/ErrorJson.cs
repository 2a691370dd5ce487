using System.Buffers;
using System.Text.Json;

namespace Kms.Core.Node.Pipeline;

/// <summary><c>{"error":{"code","message"}}</c>, with <c>reason</c> for not_ready and <c>applied</c> where a write was carried out.</summary>
internal static class ErrorJson
{
    public static byte[] Write(ApiRefusal refusal)
    {
        Invariant.Require((refusal.Error == ApiError.NotReady) == (refusal.Reason is not null));
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error");
            writer.WriteString("code", ApiErrors.CodeOf(refusal.Error));
            writer.WriteString("message", refusal.Message);
            if (refusal.Reason is { } reason)
            {
                writer.WriteString("reason", ApiErrors.ReasonCode(reason));
            }

            if (refusal.Applied)
            {
                writer.WriteBoolean("applied", true);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
