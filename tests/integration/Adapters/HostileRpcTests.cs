using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Integration.Support;

namespace Kms.Integration.Adapters;

/// <summary>Whatever an RPC answers, the result is a failure of the port and never an exception.</summary>
public sealed class HostileRpcTests
{
    private static readonly ChainIdentity Identity = new(1, Registries.Wallet(1));
    private static readonly BlockRef Pin = new(5, Bytes32.Parse("0x" + new string('a', 64)), 0);

    private static string Header => $$"""{"number":"0x5","hash":"{{Pin.Hash}}","timestamp":"0x1"}""";

    /// <summary>A result for each method: the right shape, wrong or hostile content.</summary>
    public static TheoryData<string> Results =>
    [
        "null", "true", "0", "\"\"", "\"0x\"", "\"0x1\"", "\"nonsense\"", "[]", "{}", "[[[[[[[[[[]]]]]]]]]]", "\"\\ud800\"",
        "\"0x" + new string('f', 64) + "\"",
        "\"0x" + new string('f', 64 * 40) + "\"",
        "\"0x" + new string('0', 62) + "20" + new string('f', 64 * 40) + "\"",
        "\"0x" + new string('0', 62) + "20" + new string('0', 64 * 40) + "\"",
        "\"0x" + new string('0', 62) + "20" + new string('0', 62) + "20" + new string('0', 62) + "20\"",
        """{"number":"0x5","hash":"0x1","timestamp":"0x1"}""",
        """{"number":"0x6","hash":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","timestamp":"0x1"}""",
        """{"number":5,"hash":null,"timestamp":"yesterday"}""",
        """{"storageHash":7}""",
        """{"baseFeePerGas":[],"reward":[[]]}""",
    ];

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Wrong_results_are_failures(string result)
    {
        await using var server = RawServer.Json(request => Answers(request, (_, _) => result));
        await ExpectFailuresAsync(server.Url);
    }

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Wrong_results_behind_right_headers_are_failures(string result)
    {
        await using var server = RawServer.Json(request => Answers(request, (method, _) => method == "eth_getBlockByNumber" ? Header : result));
        await ExpectFailuresAsync(server.Url, headsFail: false);
    }

    /// <summary>Nodes add to heights, checked: what leaves no room for that is no height. The greatest that does is one like any other.</summary>
    [Theory]
    [InlineData("0x7fffffffffffffff", 1UL, true)]
    [InlineData("0x8000000000000000", 1UL, false)]
    [InlineData("0xffffffffffffffff", 1UL, false)]
    [InlineData("0x10000000000000000", 1UL, false)]
    [InlineData("0x7fffffffffffffff", 0UL, true)]
    [InlineData("0x8000000000000000", 0UL, false)]
    public async Task A_height_that_nothing_can_be_added_to_is_refused(string height, ulong depth, bool taken)
    {
        // The RPC is consistent: asked for a height by number, it shows a header of that very number.
        await using var server = RawServer.Json(request =>
        {
            var asked = JsonNode.Parse(request.Text)!.AsArray().Select(call => call!["params"]?.AsArray().FirstOrDefault()?.GetValue<string>()).ToArray();
            return Answers(request, (_, i) => $$"""{"number":"{{(asked[i]!.StartsWith("0x", StringComparison.Ordinal) ? asked[i] : height)}}","hash":"{{Pin.Hash}}","timestamp":"0x1"}""");
        });
        using var chain = new EthereumChain(new EthereumChainOptions([server.Url], Identity, new FinalityRule.Depth(depth)));

        (await chain.GetHeadAsync(Finality.Latest, default)).Failure.ShouldBe(taken ? null : ChainFailure.Unavailable);
        var final = await chain.GetHeadAsync(Finality.Final, default);
        final.Failure.ShouldBe(taken ? null : ChainFailure.Unavailable);
        (final.TryGet(out var head) ? head.Number : 0).ShouldBe(taken ? long.MaxValue - depth : 0);
        if (ulong.TryParse(height.AsSpan(2), System.Globalization.NumberStyles.HexNumber, null, out ulong number))
        {
            (await chain.GetBlockAsync(number, default)).Failure.ShouldBe(taken ? null : ChainFailure.Unavailable);
        }
    }

    public static TheoryData<string> Bodies =>
    [
        "", "{", "null", "[]", "{}", "[{}]", "[null]", "not json", "[" + new string('[', 100_000), "\"" + new string('x', 1_000_000) + "\"",
        """{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"go away"}}""",
        """[{"jsonrpc":"2.0","id":999,"result":"0x1"},{"jsonrpc":"2.0","id":999,"result":"0x1"}]""",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Wrong_bodies_are_Unavailable(string body)
    {
        await using var server = RawServer.Json(_ => body);
        await ExpectFailuresAsync(server.Url);
    }

    [Fact]
    public async Task Repeated_and_foreign_ids_are_Unavailable()
    {
        await using var repeated = RawServer.Json(request => Answers(request, static (_, _) => "\"0x1\"", sameId: true));
        await using var foreign = RawServer.Json(request => Answers(request, static (_, _) => "\"0x1\"", shift: 1));
        await ExpectFailuresAsync(repeated.Url);
        await ExpectFailuresAsync(foreign.Url);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Other_statuses_are_Unavailable_and_redirects_are_not_followed(int status)
    {
        await using var target = RawServer.Json(static _ => "[]");
        await using var server = new RawServer((_, stream) => RawServer.RespondAsync(stream, status, "[]", $"Location: {target.Url}\r\n"));
        await ExpectFailuresAsync(server.Url);
        target.Connections.ShouldBe(0);
    }

    [Fact]
    public async Task An_endless_body_is_cut()
    {
        await using var server = new RawServer(static async (_, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray());
            byte[] chunk = [.. "100000\r\n"u8, .. new byte[0x100000], .. "\r\n"u8];
            while (true)
            {
                await stream.WriteAsync(chunk);
            }
        });
        using var chain = Chain(server.Url);

        var head = await chain.GetHeadAsync(Finality.Latest, default);

        head.Failure.ShouldBe(ChainFailure.Unavailable);
        head.Detail.ShouldNotBeNull().ShouldContain("too large");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, ChainFailure.Unavailable)]
    public async Task A_body_is_read_up_to_its_limit(int over, ChainFailure? expected)
    {
        await using var server = RawServer.Padded(request => Answers(request, static (_, _) => Header), Limits.MaxRpcResponseBytes + over);
        using var chain = Chain(server.Url);

        var head = await chain.GetHeadAsync(Finality.Latest, default);

        head.Failure.ShouldBe(expected, head.Detail);
        (head.Detail ?? string.Empty).Contains("too large", StringComparison.Ordinal).ShouldBe(expected is not null);
    }

    [Theory]
    [InlineData(Limits.MaxTransactionGas, null)]
    [InlineData(Limits.MaxTransactionGas + 1, ChainFailure.Unavailable)]
    public async Task A_transaction_takes_its_limit_of_gas_and_no_more(long estimate, ChainFailure? expected)
    {
        await using var server = RawServer.Json(request => Answers(request, (method, _) => method switch
        {
            "eth_estimateGas" => $"\"{RpcJson.Quantity((ulong)estimate)}\"",
            "eth_getBalance" => "\"0xde0b6b3a7640000\"",
            "eth_feeHistory" => """{"baseFeePerGas":["0x1"],"reward":[["0x1"]]}""",
            "eth_call" => $"\"0x{3:x64}\"", // a confirmation target
            _ => "\"0x1\"",
        }));
        using var chain = Chain(server.Url);

        var prepared = await chain.PrepareAsync(new RegistryCall.Confirm(1, default), Registries.Wallet(2), [], default);

        prepared.Failure.ShouldBe(expected, prepared.Detail);
        (prepared.TryGet(out var transaction) ? transaction.GasLimit : 0).ShouldBe(expected is null ? (ulong)Limits.MaxTransactionGas : 0);
    }

    /// <summary>Only the registry's own word counts against a call: everything else an endpoint says of an estimate is no answer.</summary>
    [Theory]
    [InlineData("-32000", "execution reverted", "0x3119aa42", ChainFailure.Rejected)] // KMSRegistry_NoEpochWanted()
    [InlineData("3", "execution reverted", "0x3119aa42", ChainFailure.Rejected)]
    [InlineData("3", "execution reverted: rate limited", null, ChainFailure.Unavailable)]
    [InlineData("3", "execution reverted", "0x", ChainFailure.Unavailable)]
    [InlineData("3", "execution reverted", "0x01020304", ChainFailure.Unavailable)]
    [InlineData("3", "execution reverted", "0x08c379a0", ChainFailure.Unavailable)]
    [InlineData("3", "KMSRegistry_GasTooLow", "0xc2a63d82", ChainFailure.Unavailable)]
    [InlineData("-32005", "limit exceeded", null, ChainFailure.Unavailable)]
    [InlineData("-32000", "gas required exceeds allowance (0)", null, ChainFailure.Unavailable)]
    [InlineData("-32603", "internal error", null, ChainFailure.Unavailable)]
    [InlineData("-32601", "the method does not exist", null, ChainFailure.Unavailable)]
    [InlineData("-32000", "insufficient funds for gas * price + value", null, ChainFailure.Unfunded)]
    public async Task Only_a_typed_revert_of_an_estimate_is_a_refusal(string code, string message, string? data, ChainFailure expected)
    {
        await using var server = RawServer.Json(request => Answers(request, (method, _) => method switch
        {
            "eth_getBalance" => "\"0xde0b6b3a7640000\"",
            "eth_feeHistory" => """{"baseFeePerGas":["0x1"],"reward":[["0x1"]]}""",
            "eth_call" => $"\"0x{3:x64}\"", // a confirmation target
            _ => "\"0x1\"",
        }, error: method => method != "eth_estimateGas" ? null
            : $$"""{"code":{{code}},"message":"{{message}}"{{(data is null ? "" : $",\"data\":\"{data}\"")}}}"""));
        using var chain = Chain(server.Url);

        var prepared = await chain.PrepareAsync(new RegistryCall.Propose(Pin.Hash, Epoch.From(1)), Registries.Wallet(2), [], default);
        prepared.Failure.ShouldBe(expected, prepared.Detail);
    }

    [Fact]
    public async Task A_silent_Rpc_times_out_and_cancellation_is_the_callers()
    {
        await using var server = new RawServer(static (_, _) => Task.Delay(TimeSpan.FromSeconds(30)));
        using var chain = Chain(server.Url, TimeSpan.FromMilliseconds(300));
        (await chain.GetHeadAsync(Finality.Latest, default)).Failure.ShouldBe(ChainFailure.Unavailable);

        using var cancel = new CancellationTokenSource(100);
        using var patient = Chain(server.Url, TimeSpan.FromSeconds(30));
        await Should.ThrowAsync<OperationCanceledException>(() => patient.GetHeadAsync(Finality.Latest, cancel.Token));
    }

    [Fact]
    public async Task Api_keys_in_the_url_stay_out_of_the_detail()
    {
        using var chain = Chain(new Uri("http://user:pass@127.0.0.1:1/v2/secret-key"));
        var detail = (await chain.GetHeadAsync(Finality.Latest, default)).Detail.ShouldNotBeNull();
        detail.ShouldContain("127.0.0.1:1");
        detail.ShouldNotContain("secret-key");
        detail.ShouldNotContain("pass");
    }

    private static EthereumChain Chain(Uri url, TimeSpan? timeout = null) =>
        new(new EthereumChainOptions([url], Identity, new FinalityRule.Depth(1)) { Timeout = timeout ?? TimeSpan.FromSeconds(20) });

    private static async Task ExpectFailuresAsync(Uri url, bool headsFail = true)
    {
        using var chain = Chain(url);
        using var key = EthereumPrivateKey.Import(Enumerable.Repeat((byte)3, 32).ToArray());
        if (headsFail)
        {
            (await chain.GetHeadAsync(Finality.Latest, default)).Failure.ShouldNotBeNull();
            (await chain.GetBlockAsync(5, default)).Failure.ShouldNotBeNull();
        }

        (await chain.ReadRegistryAsync(Pin, key.Wallet, default)).Failure.ShouldBe(ChainFailure.Unavailable);
        (await chain.ReadWalletAsync(Pin, key.Wallet, default)).Failure.ShouldBe(ChainFailure.Unavailable);
        (await chain.ReadAppRegistryRootAsync(Pin, default)).Failure.ShouldBe(ChainFailure.Unavailable);
        (await chain.PrepareAsync(new RegistryCall.Confirm(1, default), key.Wallet, [], default)).Failure.ShouldNotBeNull();
        (await chain.SubmitAsync(new byte[] { 2, 1 }, default)).Failure.ShouldNotBeNull();
        var receipt = await chain.FindReceiptAsync(Pin.Hash, default);
        (receipt.Failure is not null || (receipt.TryGet(out var found) && found is null)).ShouldBeTrue();
    }

    private static string Answers(
        RawRequest request, Func<string, int, string> result, bool sameId = false, int shift = 0, Func<string, string?>? error = null)
    {
        var calls = JsonNode.Parse(request.Text)!.AsArray();
        var answers = calls.Select((call, i) =>
        {
            string method = call!["method"]!.GetValue<string>();
            long id = (sameId ? calls[0] : call)!["id"]!.GetValue<long>() + shift;
            if (error?.Invoke(method) is { } refused)
            {
                return $$"""{"jsonrpc":"2.0","id":{{id}},"error":{{refused}}}""";
            }

            string value = method == "eth_chainId" ? "\"0x1\"" : result(method, i);
            return $$"""{"jsonrpc":"2.0","id":{{id}},"result":{{value}}}""";
        });
        return $"[{string.Join(',', answers)}]";
    }
}
