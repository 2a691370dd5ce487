using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Kms.Core.Primitives;
using Kms.Devnet;
using Kms.Devnet.Chain;
using Kms.Devnet.Rpc;
using Kms.Integration.Cluster;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>The light client between a devnet's nodes and the chain answers as the enclave's does (a16z/helios, OP-stack build).</summary>
public sealed class LightClientTests : IAsyncLifetime
{
    private const string Stranger = "0x00000000000000000000000000000000000000aa";
    private static readonly HttpClient Http = new();
    private readonly LaterTime _time = new();
    private AnvilProcess _anvil = null!;
    private LightClientServer _light = null!;

    public async Task InitializeAsync()
    {
        _anvil = await AnvilProcess.StartAsync(0, [], default);
        _light = await LightClientServer.StartAsync(_anvil.Url, _time, default);
    }

    public async Task DisposeAsync()
    {
        await _light.DisposeAsync();
        await _anvil.DisposeAsync();
    }

    [Theory]
    [InlineData("eth_feeHistory", """["0x5","latest",[50]]""")]
    [InlineData("eth_sendTransaction", "[{}]")]
    [InlineData("debug_traceCall", "[{},\"latest\"]")]
    [InlineData("anvil_mine", "[]")]
    [InlineData("nonsense", "[]")]
    public async Task What_it_does_not_serve_is_no_method(string method, string parameters) =>
        await ExpectErrorAsync(method, parameters, -32601, "Method not found");

    [Fact]
    public async Task The_pending_block_is_an_error_and_safe_and_finalized_are_null()
    {
        foreach (string method in (string[])["eth_getTransactionCount", "eth_getBalance"])
        {
            await ExpectErrorAsync(method, $$"""["{{Stranger}}","pending"]""", 1, "block not found: pending");
            await ExpectErrorAsync(method, $$"""["{{Stranger}}","finalized"]""", 1, "block not found: finalized");
            (await ResultAsync(method, $$"""["{{Stranger}}","latest"]""")).ShouldNotBeNull();
        }

        await ExpectErrorAsync("eth_getBlockByNumber", """["pending",false]""", 1, "block not found: pending");
        await ExpectErrorAsync("eth_call", $$"""[{"to":"{{Stranger}}"}]""", -32602, "Invalid params");
        (await ResultAsync("eth_getBlockByNumber", """["safe",false]""")).ShouldBeNull();
        (await ResultAsync("eth_getBlockByNumber", """["finalized",false]""")).ShouldBeNull();
        (await ResultAsync("eth_getBlockByNumber", """["0x7fffffff",false]""")).ShouldBeNull();
        (await ResultAsync("eth_getBlockByNumber", """["latest",false]""")).ShouldNotBeNull()["number"]!.GetValue<string>().ShouldBe("0x0");
        (await ResultAsync("eth_maxPriorityFeePerGas", "[]"))!.GetValue<string>().ShouldBe("0x3b9aca00");
    }

    [Fact]
    public async Task An_estimate_is_the_gas_that_one_run_used_even_of_a_call_that_reverts()
    {
        await using var registries = await Registries.StartAsync();
        await using var light = await LightClientServer.StartAsync(registries.Anvil.Url, _time, default);
        await registries.RegisterAsync(WalletAddress.Parse(Registries.Owner));
        string sync = Selected("syncOperator(address)", Registries.Owner);
        string call = $$"""[{"from":"{{Registries.Owner}}","to":"{{registries.Kms}}","data":"{{sync}}"},"latest"]""";
        ulong estimate = Number((await PostAsync(light.Url, "eth_estimateGas", call))["result"]);
        ulong least = Number(JsonNode.Parse((await registries.Anvil.CallAsync(
            "eth_estimateGas", new { from = Registries.Owner, to = registries.Kms.ToString(), data = sync })).GetRawText()));
        string hash = await registries.Anvil.SendAsync(Registries.Owner, registries.Kms.ToString(), sync);
        var receipt = (await PostAsync(light.Url, "eth_getTransactionReceipt", $$"""["{{hash}}"]"""))["result"]!;
        receipt["status"]!.GetValue<string>().ShouldBe("0x1");
        estimate.ShouldBe(Number(receipt["gasUsed"]));
        least.ShouldBeGreaterThan(estimate + 100_000, "what the run needs is more than it uses");

        string propose = Selected("proposeMasterSecret(bytes32,uint64)", "0x" + new string('c', 64), "2");
        string reverts = $$"""[{"from":"{{Stranger}}","to":"{{registries.Kms}}","data":"{{propose}}"},"latest"]""";
        Number((await PostAsync(light.Url, "eth_estimateGas", reverts))["result"]).ShouldBeInRange(21_000UL, 100_000UL);
        var refused = (await PostAsync(light.Url, "eth_call", reverts))["error"]!.AsObject();
        refused["code"]!.GetValue<int>().ShouldBe(1);
        refused.ContainsKey("data").ShouldBeFalse();
        string selector = HandMinedChain.Selector("KMSRegistry_WrongEpoch(uint64,uint64)")[2..];
        refused["message"]!.GetValue<string>().ShouldBe($"execution reverted: {selector}{2:x64}{1:x64}");
    }

    [Fact]
    public async Task A_transaction_that_is_in_no_block_is_an_error()
    {
        await _anvil.CallAsync("evm_setAutomine", false);
        string hash = (await _anvil.CallAsync("eth_sendTransaction", new { from = Registries.Owner, to = Stranger, value = "0x1" })).GetString()!;
        await ExpectErrorAsync("eth_getTransactionByHash", $$"""["{{hash}}"]""", 1, "block not found");
        await ExpectErrorAsync("eth_getTransactionReceipt", $$"""["{{hash}}"]""", 1, "receipt not found");

        await _anvil.MineAsync();
        (await ResultAsync("eth_getTransactionByHash", $$"""["{{hash}}"]""")).ShouldNotBeNull()["hash"]!.GetValue<string>().ShouldBe(hash);
        (await ResultAsync("eth_getTransactionReceipt", $$"""["{{hash}}"]""")).ShouldNotBeNull()["status"]!.GetValue<string>().ShouldBe("0x1");
        (await ResultAsync("eth_getTransactionByHash", $$"""["0x{{new string('1', 64)}}"]""")).ShouldBeNull();
    }

    [Fact]
    public async Task Only_the_newest_block_is_proven_and_older_ones_are_read()
    {
        await _anvil.MineAsync(3);
        string newest = (await ResultAsync("eth_getBlockByNumber", """["latest",false]"""))!["hash"]!.GetValue<string>();
        foreach (string block in (string[])["\"latest\"", "\"0x3\"", $$"""{"blockHash":"{{newest}}"}"""])
        {
            (await ResultAsync("eth_getProof", $"[\"{Stranger}\",[],{block}]")).ShouldNotBeNull()["storageHash"].ShouldNotBeNull();
        }

        await ExpectErrorAsync("eth_getProof", $$"""["{{Stranger}}",[],"0x2"]""", 1, "maximum proof window");
        (await ResultAsync("eth_getBalance", $$"""["{{Stranger}}","0x2"]"""))!.GetValue<string>().ShouldBe("0x0");
    }

    [Fact]
    public async Task It_may_show_one_head_for_a_minute_and_is_out_of_sync_then()
    {
        await _anvil.MineAsync();
        var head = (await ResultAsync("eth_getBlockByNumber", """["latest",false]"""))!;
        _light.Client.IsFrozen = true;
        await _anvil.MineAsync(2);
        _time.Now = DateTimeOffset.FromUnixTimeSeconds((long)Number(head["timestamp"]) + 60);
        (await ResultAsync("eth_getBlockByNumber", """["latest",false]"""))!["hash"]!.GetValue<string>().ShouldBe(head["hash"]!.GetValue<string>());
        (await ResultAsync("eth_blockNumber", "[]"))!.GetValue<string>().ShouldBe("0x1");
        (await ResultAsync("eth_getBlockByNumber", """["0x2",false]""")).ShouldBeNull("it does not know of it");
        await ExpectErrorAsync("eth_getBalance", $$"""["{{Stranger}}","0x2"]""", 1, "block not found");

        _time.Now += TimeSpan.FromSeconds(1);
        await ExpectErrorAsync("eth_getBlockByNumber", """["latest",false]""", 1, "out of sync: 61 seconds behind");
        await ExpectErrorAsync("eth_blockNumber", "[]", 1, "out of sync");
        await ExpectErrorAsync("eth_estimateGas", $$"""[{"to":"{{Stranger}}"}]""", 1, "out of sync");
        (await ResultAsync("eth_getBlockByNumber", """["0x1",false]""")).ShouldNotBeNull("by number it is a block like any other");

        _light.Client.IsFrozen = false;
        _time.Now = null;
        (await ResultAsync("eth_blockNumber", "[]"))!.GetValue<string>().ShouldBe("0x3");
    }

    [Theory]
    [InlineData("", -32700)]
    [InlineData("{", -32700)]
    [InlineData("{\"a\":1,\"a\":2}", -32700)]
    [InlineData("[]", -32600)]
    [InlineData("null", -32600)]
    [InlineData("{}", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","method":"eth_chainId"}""", -32600)]
    public async Task What_is_no_request_is_refused(string body, int code)
    {
        var answer = JsonNode.Parse(await (await SendAsync(_light.Url, body)).Content.ReadAsStringAsync())!.AsObject();
        answer["error"]!["code"]!.GetValue<int>().ShouldBe(code);
        answer.ContainsKey("result").ShouldBeFalse();
    }

    [Fact]
    public async Task A_batch_is_answered_in_its_order_up_to_its_limit()
    {
        string Batch(int calls) => $"[{string.Join(',', Enumerable.Range(0, calls).Select(i => $$"""{"jsonrpc":"2.0","id":{{i}},"method":"{{(i % 2 == 0 ? "eth_chainId" : "eth_feeHistory")}}"}"""))}]";
        var answers = JsonNode.Parse(await (await SendAsync(_light.Url, Batch(LightClient.MaxCalls))).Content.ReadAsStringAsync())!.AsArray();
        answers.Count.ShouldBe(LightClient.MaxCalls);
        for (int i = 0; i < answers.Count; i++)
        {
            answers[i]!["id"]!.GetValue<int>().ShouldBe(i);
            answers[i]!.AsObject().ContainsKey(i % 2 == 0 ? "result" : "error").ShouldBeTrue();
        }

        JsonNode.Parse(await (await SendAsync(_light.Url, Batch(LightClient.MaxCalls + 1))).Content.ReadAsStringAsync())!["error"]!["code"]!.GetValue<int>().ShouldBe(-32600);
        using var tooLarge = new HttpRequestMessage(HttpMethod.Post, _light.Url) { Content = new ByteArrayContent(new byte[LightClient.MaxBodyBytes + 1]) };
        tooLarge.Headers.ExpectContinue = true;
        (await Http.SendAsync(tooLarge)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_chain_that_is_gone_is_an_error_and_nothing_else()
    {
        await using var light = await LightClientServer.StartAsync(new Uri("http://127.0.0.1:1"), _time, default);
        var answer = await PostAsync(light.Url, "eth_chainId", "[]");
        answer["error"]!["code"]!.GetValue<int>().ShouldBe(1);
    }

    [Theory]
    [InlineData("light", null, "--rpc must be helios or full")]
    [InlineData("helios", "safe", "--finality-tag needs --rpc full")]
    [InlineData("full", "safe", null)]
    [InlineData(null, "safe", null)]
    [InlineData("helios", null, null)]
    public void A_devnet_says_what_it_cannot_do(string? rpc, string? tag, string? problem)
    {
        string? said = new DevnetOptions { Rpc = rpc, FinalityTag = tag }.Problem();
        (said is null).ShouldBe(problem is null);
        (said ?? string.Empty).ShouldStartWith(problem ?? string.Empty);
    }

    private static string Selected(string signature, params string[] words) =>
        HandMinedChain.Selector(signature) + string.Concat(words.Select(static word => word[(word.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0)..].PadLeft(64, '0')));

    private static ulong Number(JsonNode? quantity) => Convert.ToUInt64(quantity!.GetValue<string>(), 16);

    private async Task<JsonNode?> ResultAsync(string method, string parameters)
    {
        var answer = await PostAsync(_light.Url, method, parameters);
        answer.ContainsKey("result").ShouldBeTrue(answer.ToJsonString());
        return answer["result"];
    }

    private async Task ExpectErrorAsync(string method, string parameters, int code, string message)
    {
        var error = (await PostAsync(_light.Url, method, parameters))["error"].ShouldNotBeNull().AsObject();
        error["code"]!.GetValue<int>().ShouldBe(code);
        error["message"]!.GetValue<string>().ShouldContain(message);
        error.ContainsKey("data").ShouldBeFalse();
    }

    private async Task<JsonObject> PostAsync(Uri url, string method, string parameters)
    {
        var response = await SendAsync(url, $$"""{"jsonrpc":"2.0","id":"a","method":"{{method}}","params":{{parameters}}}""");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        answer["id"]!.GetValue<string>().ShouldBe("a");
        return answer;
    }

    private Task<HttpResponseMessage> SendAsync(Uri url, string body) =>
        Http.PostAsync(url, new StringContent(body, Encoding.UTF8, "application/json"));

    /// <summary>The machine's clock until a test sets it.</summary>
    private sealed class LaterTime : TimeProvider
    {
        public DateTimeOffset? Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now ?? base.GetUtcNow();
    }
}
