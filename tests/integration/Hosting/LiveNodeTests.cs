using System.Net;
using System.Text;
using System.Text.Json;
using Kms.Core;
using Kms.Integration.Support;

namespace Kms.Integration.Hosting;

/// <summary>Real nodes behind real Kestrel.</summary>
[Collection(SharedDevnet.Name)]
public sealed class LiveNodeTests(DevnetFixture fixture)
{
    [Fact]
    public async Task A_chunked_body_over_the_limit_is_413_with_the_stable_code()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fixture.Devnet.Nodes[0].Url, "/kms/derive"));
        request.Headers.TransferEncodingChunked = true;
        request.Content = new StreamContent(new MemoryStream(new byte[Limits.MaxBodyBytes + 1]));
        using var response = await http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        using var json = JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
        json.RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("body_too_large");
    }

    [Theory]
    [InlineData("GET", "/status", 200)]
    [InlineData("GET", "/health", 200)]
    [InlineData("GET", "/nonce", 200)]
    [InlineData("GET", "/nodes", 200)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("DELETE", "/kms/derive", 405)]
    [InlineData("POST", "/kms/derive", 401)]
    public async Task Routes_answer_without_naming_the_server_or_allowing_origins(string method, string target, int status)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(fixture.Devnet.Nodes[0].Url, target));
        request.Headers.Add("Origin", "https://app.example");
        using var response = await http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(status);
        response.Headers.Contains("Server").ShouldBeFalse();
        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public void Logs_tell_what_happened_and_hold_no_private_key()
    {
        fixture.Log.ShouldContain(line => line.Contains("Starting: chain", StringComparison.Ordinal));
        fixture.Log.ShouldContain(line => line.Contains("Audit", StringComparison.Ordinal));
        string keys = fixture.Devnet.App.Keys.WalletPrivateKey[2..];
        fixture.Log.ShouldNotContain(line => line.Contains(keys, StringComparison.Ordinal));
        byte[] secret = MasterSecrets.Of(fixture.Devnet.Nodes[0]);
        foreach (string form in (string[])[Convert.ToHexStringLower(secret), Convert.ToBase64String(secret), Encoding.Latin1.GetString(secret)])
        {
            fixture.Log.ShouldNotContain(line => line.Contains(form, StringComparison.OrdinalIgnoreCase));
        }
    }
}
