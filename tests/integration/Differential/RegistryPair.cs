using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Kms.Integration.Support;
using Kms.Sim.Chain;

namespace Kms.Integration.Differential;

/// <summary>The real contracts on Anvil and the simulated ones, through the same blocks.</summary>
internal sealed class RegistryPair
{
    private const string Gas = "0x989680";
    private readonly BatchRpc _rpc;
    private readonly WalletAddress _admin;

    private RegistryPair(BatchRpc rpc, WalletAddress admin)
    {
        _rpc = rpc;
        _admin = admin;
    }

    public ContractState State { get; private set; } = null!;

    public ulong Block { get; private set; }

    public ulong Time { get; private set; }

    /// <summary>Deploys everything anew: the platform's registry, two implementations, the proxy.</summary>
    /// <param name="admin">Deploys, and owns the platform's apps.</param>
    /// <param name="platform">Owns the platform's registry.</param>
    /// <param name="rules">What the proxy is initialised with; addresses of contracts are filled in.</param>
    public static async Task<RegistryPair> DeployAsync(BatchRpc rpc, WalletAddress admin, WalletAddress platform, KmsRegistryState rules)
    {
        var pair = new RegistryPair(rpc, admin);
        var head = await rpc.CallAsync("eth_getBlockByNumber", "latest", false);
        pair.Block = Number(head, "number");
        pair.Time = Number(head, "timestamp");
        var apps = await pair.CreateAsync("DevNovaAppRegistry", AbiWords.Address(platform));
        var first = await pair.CreateAsync("KMSRegistry");
        var second = await pair.CreateAsync("KMSRegistry");
        rules = rules with { NovaAppRegistry = apps, Implementation = first };
        byte[] initialize = CallEncoder.Initialize(rules);
        var proxy = await pair.CreateAsync("ERC1967Proxy", [.. AbiWords.Address(first), .. AbiWords.Number(64), .. AbiWords.Bytes(initialize)]);
        pair.State = new ContractState(AppRegistryState.Empty with { Platform = platform }, rules)
        {
            Identity = new ChainIdentity(AnvilProcess.DefaultChainId, proxy),
            AppsAddress = apps,
            Code = new Dictionary<WalletAddress, SimCode>
            {
                [first] = new(await pair.CodeHashAsync(first), true),
                [second] = new(await pair.CodeHashAsync(second), true),
                [apps] = new(await pair.CodeHashAsync(apps), false),
            }.ToImmutableDictionary(),
        };
        return pair;
    }

    /// <summary>The platform's two apps, whose callbacks both go to the proxy; then what else must have happened.</summary>
    public async Task PrepareAsync(IEnumerable<SimCall> calls, Players players)
    {
        foreach (ulong app in (ulong[])[1, 2])
        {
            await DoAsync(new SimCall.RegisterApp(AppId.From(app)), players);
        }

        foreach (var call in calls)
        {
            await DoAsync(call, players);
        }
    }

    /// <summary>Blocks without transactions.</summary>
    public async Task PassAsync(int blocks)
    {
        await _rpc.CallAsync("anvil_mine", $"0x{blocks:x}");
        await ReadHeadAsync();
    }

    /// <summary>One block with these calls in this order; then every call's outcome and every view are compared.</summary>
    /// <returns>The outcomes.</returns>
    public async Task<SimRevert[]> MineAsync(IReadOnlyList<(SimCall Call, WalletAddress Sender)> calls, ulong time, Players players)
    {
        var hashes = new List<string>();
        foreach (var (call, sender) in calls)
        {
            var (data, toPlatform) = call is SimCall.Initialize ? (CallEncoder.Initialize(State.Kms), false) : CallEncoder.Encode(call, State.Identity!.KmsRegistry);
            hashes.Add(await SendAsync(sender, toPlatform ? State.AppsAddress : State.Identity!.KmsRegistry, data));
        }

        await SealAsync(time);
        var expected = new SimRevert[calls.Count];
        for (int i = 0; i < calls.Count; i++)
        {
            (State, expected[i]) = ContractMachine.Apply(State, calls[i].Call, calls[i].Sender, Block, Time);
        }

        // All that there is to see of a block in one request: there are thousands of them.
        ExpectedView[] views = [.. Views(players, everything: false)];
        var answers = await _rpc.BatchAsync([("eth_getBlockByNumber", ["latest", false]), ("eth_getBlockReceipts", ["latest"]), .. Reads(views)]);
        var head = answers[0].GetProperty("result");
        (Number(head, "number"), Number(head, "timestamp")).ShouldBe((Block, Time));
        var receipts = answers[1].GetProperty("result");
        receipts.EnumerateArray()
            .Select(static receipt => (receipt.GetProperty("transactionHash").GetString()!, Number(receipt, "blockNumber"), Number(receipt, "transactionIndex")))
            .ShouldBe(hashes.Select((hash, i) => (hash, Block, (ulong)i)));
        for (int i = 0; i < calls.Count; i++)
        {
            string outcome = await OutcomeAsync(receipts[i], hashes[i]);
            outcome.ShouldBe(expected[i].ToString(), $"{calls[i].Call} of {calls[i].Sender}");
        }

        Compare(views, answers.AsSpan(2));
        return expected;
    }

    public IEnumerable<ExpectedView> Views(Players players, bool everything) =>
        ExpectedView.All(State, Block, players.Everyone, players.Measurements, everything);

    public async Task CompareAsync(IReadOnlyList<ExpectedView> views) => Compare(views, await _rpc.BatchAsync(Reads(views)));

    /// <summary>The views, then the proxy's slot of its implementation (ERC-1967).</summary>
    private (string Method, object[] Parameters)[] Reads(IReadOnlyList<ExpectedView> views)
    {
        string registry = State.Identity!.KmsRegistry.ToString();
        string apps = State.AppsAddress!.Value.ToString();
        return
        [
            .. views.Select(view => ("eth_call", new object[] { new { to = view.OfPlatform ? apps : registry, data = Hex.Encode(view.CallData) }, "latest" })),
            ("eth_getStorageAt", [registry, "0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc", "latest"]),
        ];
    }

    private void Compare(IReadOnlyList<ExpectedView> views, ReadOnlySpan<JsonElement> answers)
    {
        for (int i = 0; i < views.Count; i++)
        {
            string actual = answers[i].TryGetProperty("result", out var result)
                ? result.GetString()!
                : answers[i].GetProperty("error").TryGetProperty("data", out var data) ? data.GetString()![..10] : $"{answers[i]}";
            string wanted = views[i].Error is { } error ? ContractErrors.Selector(error) : Hex.Encode(views[i].Answer);
            if (actual != wanted)
            {
                actual.ShouldBe(wanted, $"{views[i].Name} called with {Hex.Encode(views[i].CallData)}");
            }
        }

        answers[^1].GetProperty("result").GetString().ShouldBe(Hex.Encode(AbiWords.Address(State.Kms.Implementation)), "implementation");
    }

    private async Task DoAsync(SimCall call, Players players) =>
        (await MineAsync([(call, _admin)], Time + 1, players)).ShouldBe([SimRevert.None], $"{call}");

    private async Task<string> OutcomeAsync(JsonElement receipt, string hash)
    {
        if (Number(receipt, "status") == 1)
        {
            return nameof(SimRevert.None);
        }

        var trace = await _rpc.CallAsync("debug_traceTransaction", hash, new { tracer = "callTracer" });
        return ContractErrors.Describe(trace.TryGetProperty("output", out var output) ? output.GetString()! : string.Empty);
    }

    private async Task<WalletAddress> CreateAsync(string contract, byte[]? arguments = null)
    {
        string artifact = Path.Combine(Foundry.Root, "contracts", "out", $"{contract}.sol", $"{contract}.json");
        string code = JsonNode.Parse(await File.ReadAllTextAsync(artifact))!["bytecode"]!["object"]!.GetValue<string>();
        string hash = await SendAsync(_admin, null, [.. Hex.Decode(code), .. arguments ?? []]);
        await SealAsync(Time + 1);
        var receipt = await _rpc.CallAsync("eth_getTransactionReceipt", hash);
        (Number(receipt, "status"), Number(receipt, "blockNumber")).ShouldBe((1UL, Block), contract);
        return WalletAddress.Parse(receipt.GetProperty("contractAddress").GetString()!);
    }

    private async Task<Bytes32> CodeHashAsync(WalletAddress contract) =>
        Keccak256.Hash(Hex.Decode((await _rpc.CallAsync("eth_getCode", contract.ToString(), "latest")).GetString()!));

    private async Task<string> SendAsync(WalletAddress from, WalletAddress? to, byte[] data) =>
        (await _rpc.CallAsync("eth_sendTransaction", new { from = from.ToString(), to = to?.ToString(), data = Hex.Encode(data), gas = Gas, gasPrice = "0x0" }))
        .GetString()!;

    /// <summary>The next block, at this time: <see cref="MineAsync"/> holds both against the head.</summary>
    private async Task SealAsync(ulong time)
    {
        await _rpc.CallAsync("evm_mine", time);
        (Block, Time) = (Block + 1, time);
    }

    private async Task ReadHeadAsync()
    {
        var head = await _rpc.CallAsync("eth_getBlockByNumber", "latest", false);
        Block = Number(head, "number");
        Time = Number(head, "timestamp");
    }

    private static ulong Number(JsonElement item, string name) =>
        ulong.Parse(item.GetProperty(name).GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
