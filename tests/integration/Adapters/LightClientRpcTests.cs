using System.Collections.Concurrent;
using System.Numerics;
using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Integration.Support;
using static Kms.Integration.Adapters.MembershipReadTests;

namespace Kms.Integration.Adapters;

/// <summary>Reads and transactions with what the enclave's light client (Helios) serves, and better where more is served.</summary>
public sealed class LightClientRpcTests
{
    private const string NoSuchMethod = """{"code":-32601,"message":"Method not found"}""";
    private static readonly BigInteger Gwei = 1_000_000_000;
    private static readonly ChainIdentity Identity = new(31337, Registries.Wallet(1));
    private static readonly WalletAddress Self = Registries.Wallet(2);
    private static readonly Bytes32 Hash = Bytes32.Parse("0x" + new string('c', 64));
    private static readonly RegistryCall Propose = new RegistryCall.Propose(Hash, Epoch.From(1));

    [Fact]
    public async Task A_transaction_is_priced_by_the_newest_block_and_a_fee_history_is_asked_for_once()
    {
        await using var rpc = new Script();
        using var chain = rpc.Chain();

        var first = Get(await chain.PrepareAsync(Propose, Self, [], default));
        first.MaxPriorityFeePerGas.ShouldBe(Gwei);
        first.MaxFeePerGas.ShouldBe((2 * 7 * Gwei) + Gwei);
        first.Nonce.ShouldBe(5UL);
        Get(await chain.PrepareAsync(Propose, Self, [], default)).MaxFeePerGas.ShouldBe(first.MaxFeePerGas);
        rpc.Asked("eth_feeHistory").Count.ShouldBe(1);
        rpc.Asked("eth_maxPriorityFeePerGas").Count.ShouldBe(2);
    }

    [Fact]
    public async Task Where_a_fee_history_is_served_it_tells_the_next_blocks_base_fee()
    {
        await using var rpc = new Script { ["eth_feeHistory"] = """{"result":{"baseFeePerGas":["0x1","0x12a05f200"],"reward":[["0x77359400"]]}}""" };
        using var chain = rpc.Chain();

        Get(await chain.PrepareAsync(Propose, Self, [], default)).MaxFeePerGas.ShouldBe((2 * 5 * Gwei) + Gwei);
        Get(await chain.PrepareAsync(Propose, Self, [], default));
        rpc.Asked("eth_feeHistory").Count.ShouldBe(2);
        rpc["eth_maxPriorityFeePerGas"] = $$"""{"error":{{NoSuchMethod}}}""";
        Get(await chain.PrepareAsync(Propose, Self, [], default)).MaxPriorityFeePerGas.ShouldBe(2 * Gwei, "the median of what was paid");
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_pending_block()
    {
        await using var rpc = new Script();
        using var chain = rpc.Chain();

        Get(await chain.PrepareAsync(Propose, Self, [], default));
        Get(await chain.PrepareAsync(new RegistryCall.Confirm(1, Hash), Self, [], default));
        Get(await chain.PrepareAsync(new RegistryCall.SyncOperator(Self), Self, [], default));
        await chain.SubmitAsync(new byte[] { 2, 1 }, default);
        await chain.FindReceiptAsync(Hash, default);
        rpc.All.ShouldAllBe(call => !call.ToJsonString(null).Contains("pending", StringComparison.Ordinal));
        rpc.Asked("eth_getTransactionCount").ShouldAllBe(call => call["params"]![1]!.GetValue<string>() == "latest");
    }

    [Fact]
    public async Task What_the_node_has_under_way_at_the_latest_nonce_is_replaced_and_what_has_another_is_not()
    {
        await using var rpc = new Script();
        using var chain = rpc.Chain();
        var first = Get(await chain.PrepareAsync(Propose, Self, [], default));

        var second = Get(await chain.PrepareAsync(Propose, Self, [first], default));
        second.Nonce.ShouldBe(first.Nonce);
        (second.MaxFeePerGas * 8).ShouldBeGreaterThan(first.MaxFeePerGas * 9);
        rpc["eth_getTransactionCount"] = """{"result":"0x6"}""";
        var next = Get(await chain.PrepareAsync(Propose, Self, [first, second], default));
        next.Nonce.ShouldBe(first.Nonce + 1, "both are settled at the latest block, by one of them");
        next.MaxFeePerGas.ShouldBe(first.MaxFeePerGas);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    public async Task The_gas_limit_is_the_estimate_and_the_margin_of_the_call(uint target)
    {
        await using var rpc = new Script { ["eth_call"] = $$"""{"result":"0x{{target:x64}}"}""" };
        using var chain = rpc.Chain();

        foreach (var call in (RegistryCall[])[Propose, new RegistryCall.Confirm(1, Hash), new RegistryCall.SyncOperator(Self)])
        {
            Get(await chain.PrepareAsync(call, Self, [], default)).GasLimit.ShouldBe(200_000 + GasMargin.Of(call, target));
        }
    }

    /// <summary>An estimate is of a run that may have reverted. The call itself says so; why, it says in its text if at all.</summary>
    [Theory]
    [InlineData("execution reverted: 3119aa42", ChainFailure.Rejected, "KMSRegistry_NoEpochWanted")]
    [InlineData("execution reverted: 9999aa42", ChainFailure.Unavailable, "0x9999aa42")]
    [InlineData("execution reverted: c2a63d82", ChainFailure.Unavailable, "GasTooLow")]
    [InlineData("execution reverted: execution halted", ChainFailure.Unavailable, "halted")]
    [InlineData("execution reverted: Panic(0x11)", ChainFailure.Unavailable, "Panic")]
    [InlineData("execution reverted", ChainFailure.Unavailable, "reverted")]
    [InlineData("3119aa42", ChainFailure.Unavailable, "3119aa42")]
    [InlineData("out of sync: 61 seconds behind", ChainFailure.Unavailable, "out of sync")]
    [InlineData("block not found: latest", ChainFailure.Unavailable, "not found")]
    public async Task A_call_that_reverts_makes_no_transaction_although_it_is_estimated(string message, ChainFailure expected, string detail)
    {
        await using var rpc = new Script { ["eth_call"] = $$$"""{"error":{"code":1,"message":"{{{message}}}"}}""" };
        using var chain = rpc.Chain();

        var prepared = await chain.PrepareAsync(Propose, Self, [], default);
        prepared.Failure.ShouldBe(expected);
        prepared.Detail.ShouldNotBeNull().ShouldContain(detail);
    }

    [Theory]
    [InlineData("""{"result":"HASH"}""", null)]
    [InlineData("""{"error":{"code":1,"message":"server returned an error response: error code -32000: already known"}}""", null)]
    [InlineData("""{"error":{"code":1,"message":"server returned an error response: error code -32000: replacement transaction underpriced"}}""", ChainFailure.Underpriced)]
    [InlineData("""{"error":{"code":1,"message":"server returned an error response: error code -32000: insufficient funds for gas * price + value"}}""", ChainFailure.Unfunded)]
    [InlineData("""{"error":{"code":1,"message":"server returned an error response: error code -32000: nonce too low"}}""", ChainFailure.Unavailable)]
    public async Task A_submission_counts_although_nobody_can_show_the_transaction_before_it_is_mined(string answer, ChainFailure? expected)
    {
        byte[] signed = [2, 1];
        string hash = DynamicFeeTransaction.Hash(signed).ToString();
        await using var rpc = new Script
        {
            ["eth_sendRawTransaction"] = answer.Replace("HASH", hash, StringComparison.Ordinal),
            ["eth_getTransactionByHash"] = """{"error":{"code":1,"message":"block not found"}}""",
        };
        using var chain = rpc.Chain();

        (await chain.SubmitAsync(signed, default)).Failure.ShouldBe(expected);
    }

    [Theory]
    [InlineData("receipt not found", null)]
    [InlineData("block not found", ChainFailure.Unavailable)]
    [InlineData("could not prove receipt for tx: 0xcc", ChainFailure.Unavailable)]
    public async Task A_receipt_that_is_not_there_says_that_the_transaction_is_in_no_block(string message, ChainFailure? expected)
    {
        await using var rpc = new Script { ["eth_getTransactionReceipt"] = $$$"""{"error":{"code":1,"message":"{{{message}}}"}}""" };
        using var chain = rpc.Chain();

        var found = await chain.FindReceiptAsync(Hash, default);
        found.Failure.ShouldBe(expected);
        (found.TryGet(out var receipt) ? receipt : null).ShouldBeNull();
    }

    [Theory]
    [InlineData(-32602, "distance to target block exceeds maximum proof window", ChainFailure.Unsupported)]
    [InlineData(1, "server returned an error response: error code -32602: distance to target block exceeds maximum proof window", ChainFailure.Unsupported)]
    [InlineData(-32602, "proofs are kept for a window of 1 block", ChainFailure.Unsupported)]
    [InlineData(-32601, "Method not found", ChainFailure.Unsupported)]
    [InlineData(-32602, "invalid argument", ChainFailure.Unavailable)]
    [InlineData(-32005, "too many requests in this window", ChainFailure.Unavailable)]
    [InlineData(1, "block not found", ChainFailure.Unavailable)]
    public async Task A_proof_that_is_refused_for_its_blocks_age_is_not_served(int code, string message, ChainFailure expected)
    {
        await using var registries = await Registries.StartAsync();
        int probes = 0;
        await using var proxy = new RpcProxy(registries.Anvil.Url, call =>
        {
            probes += RpcProxy.HashPin(call) is { } pin && pin["blockHash"]!.GetValue<string>().StartsWith("0x6e6f", StringComparison.Ordinal) ? 1 : 0;
            return call["method"]!.GetValue<string>() == "eth_getProof" ? RpcProxy.Error(code, message) : null;
        });
        using var chain = registries.Chain(rpc: proxy.Url);
        var head = Get(await chain.GetHeadAsync(Finality.Latest, default));
        Get(await chain.ReadRegistryAsync(head, Self, default));

        for (int i = 0; i < 3; i++)
        {
            (await chain.ReadAppRegistryRootAsync(head, default)).Failure.ShouldBe(expected);
            Get(await chain.ReadWalletAsync(head, Self, default)).Instance.ShouldBeNull();
        }

        (probes == 1).ShouldBe(expected == ChainFailure.Unsupported, "a refusal for age casts no doubt on how the endpoint pins");
    }

    [Theory]
    [InlineData("""{"result":null}""", true, false)]
    [InlineData("""{"result":{"number":"0x4","hash":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","timestamp":"0x1"}}""", true, true)]
    [InlineData("""{"error":{"code":-32000,"message":"finalized block not found"}}""", false, false)]
    public async Task Whether_an_Rpc_answers_a_finality_tag_is_known_once_it_shows_blocks(string answer, bool isKnown, bool expected)
    {
        await using var rpc = new Script { ["finalized"] = answer };
        using var chain = rpc.Chain(new FinalityRule.Tag("finalized"));

        var asked = await chain.AnswersFinalTagAsync(default);
        asked.TryGet(out bool answers).ShouldBe(isKnown);
        answers.ShouldBe(expected);
        rpc["latest"] = """{"error":{"code":1,"message":"out of sync: 1700000000 seconds behind"}}""";
        (await chain.AnswersFinalTagAsync(default)).Failure.ShouldBe(ChainFailure.Unavailable, "it may not be up yet");
    }

    /// <summary>Answers by method, and blocks by tag, as Helios does unless told otherwise; remembers what it was asked.</summary>
    private sealed class Script : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, string> _answers = new(StringComparer.Ordinal)
        {
            ["eth_chainId"] = """{"result":"0x7a69"}""",
            ["eth_call"] = $$"""{"result":"0x{{3:x64}}"}""",
            ["eth_estimateGas"] = """{"result":"0x30d40"}""",
            ["eth_getTransactionCount"] = """{"result":"0x5"}""",
            ["eth_getBalance"] = """{"result":"0xde0b6b3a7640000"}""",
            ["eth_maxPriorityFeePerGas"] = """{"result":"0x3b9aca00"}""",
            ["latest"] = """{"result":{"number":"0x5","hash":"0xbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","timestamp":"0x2","baseFeePerGas":"0x1a13b8600"}}""",
        };

        private readonly RawServer _server;

        public Script() => _server = RawServer.Json(request =>
        {
            var answers = new JsonArray();
            foreach (var call in JsonNode.Parse(request.Text)!.AsArray().Select(static node => node!.AsObject()))
            {
                All.Enqueue(call);
                string method = call["method"]!.GetValue<string>();
                string key = method == "eth_getBlockByNumber" ? call["params"]![0]!.GetValue<string>() : method;
                var answer = JsonNode.Parse(_answers.GetValueOrDefault(key) ?? $$"""{"error":{{NoSuchMethod}}}""")!.AsObject();
                answer["jsonrpc"] = "2.0";
                answer["id"] = call["id"]!.DeepClone();
                answers.Add(answer);
            }

            return answers.ToJsonString();
        });

        public ConcurrentQueue<JsonObject> All { get; } = new();

        public string this[string key]
        {
            set => _answers[key] = value;
        }

        public IReadOnlyList<JsonObject> Asked(string method) => [.. All.Where(call => call["method"]!.GetValue<string>() == method)];

        public EthereumChain Chain(FinalityRule? finality = null) =>
            new(new EthereumChainOptions([_server.Url], Identity, finality ?? new FinalityRule.Depth(2)));

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
