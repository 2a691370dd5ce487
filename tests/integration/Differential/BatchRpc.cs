using System.Net.Http.Json;
using System.Text.Json;

namespace Kms.Integration.Differential;

/// <summary>JSON-RPC with many calls in one request, and with errors as answers.</summary>
internal sealed class BatchRpc(Uri url) : IDisposable
{
    private readonly HttpClient _http = new();

    public async Task<JsonElement> CallAsync(string method, params object[] parameters)
    {
        var answer = (await BatchAsync([(method, parameters)]))[0];
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}");
    }

    /// <summary>One answer for each call, in their order: an object with <c>result</c> or <c>error</c>.</summary>
    public async Task<JsonElement[]> BatchAsync(IReadOnlyList<(string Method, object[] Parameters)> calls)
    {
        var body = calls.Select(static (call, id) => new { jsonrpc = "2.0", id, method = call.Method, @params = call.Parameters });
        using var response = await _http.PostAsJsonAsync(url, body);
        var answers = await response.Content.ReadFromJsonAsync<JsonElement[]>();
        return [.. answers!.OrderBy(static answer => answer.GetProperty("id").GetInt32())];
    }

    public void Dispose() => _http.Dispose();
}
