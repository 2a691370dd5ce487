using System.Buffers;
using System.Text.Json;
using Kms.Core.Json;

namespace Kms.Devnet.Odyn;

/// <summary>The <c>user_data</c> that a supervisor writes into a document: the caller's object with the wallet in it.</summary>
internal static class SupervisorUserData
{
    private const string Member = "eth_addr";

    /// <param name="given">An object, or <see cref="JsonValue.Absent"/>. Its own <c>eth_addr</c> is overwritten; one below the top stays.</param>
    public static byte[] Of(JsonValue given, WalletAddress wallet)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var (name, value) in given.Members.Where(member => member.Key != Member))
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }

            json.WriteString(Member, wallet.ToString());
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
