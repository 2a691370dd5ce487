using System.Text;
using System.Text.Json.Nodes;

namespace Kms.Integration.Support;

/// <summary>Stands before an Anvil and plays RPCs that know less, or lie.</summary>
internal sealed class RpcProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly RawServer _server;

    /// <param name="meddle">Gets each call; changes it, or answers it by returning the answer's <c>result</c>/<c>error</c> member.</param>
    public RpcProxy(Uri upstream, Func<JsonObject, JsonObject?> meddle)
    {
        _server = new RawServer(async (request, stream) =>
        {
            var answers = new JsonArray();
            var forwarded = new JsonArray();
            foreach (var call in JsonNode.Parse(request.Text)!.AsArray().Select(static node => node!.AsObject()))
            {
                if (meddle(call) is { } answer)
                {
                    answer["jsonrpc"] = "2.0";
                    answer["id"] = call["id"]!.DeepClone();
                    answers.Add(answer);
                }
                else
                {
                    forwarded.Add(call.DeepClone());
                }
            }

            if (forwarded.Count > 0)
            {
                using var content = new StringContent(forwarded.ToJsonString(), Encoding.UTF8, "application/json");
                using var response = await _http.PostAsync(upstream, content);
                foreach (var answer in JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsArray())
                {
                    answers.Add(answer!.DeepClone());
                }
            }

            await RawServer.RespondAsync(stream, 200, answers.ToJsonString());
        });
    }

    public Uri Url => _server.Url;

    public static JsonObject Error(int code, string message) => new() { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };

    /// <summary>The call's block parameter by hash (EIP-1898), if it has one.</summary>
    public static JsonObject? HashPin(JsonObject call) =>
        call["params"]!.AsArray().LastOrDefault() is JsonObject last && last.ContainsKey("blockHash") ? last : null;

    /// <summary>An RPC from before EIP-1898.</summary>
    public static JsonObject? RefuseHashPins(JsonObject call) => HashPin(call) is null ? null : Error(-32602, "invalid argument: hex string expected");

    /// <summary>An RPC that takes the pin and answers from the latest block.</summary>
    public static JsonObject? IgnoreHashPins(JsonObject call)
    {
        if (HashPin(call) is not null)
        {
            var parameters = call["params"]!.AsArray();
            parameters[^1] = "latest";
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }
}
