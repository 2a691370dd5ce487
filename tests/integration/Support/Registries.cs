using System.Text.RegularExpressions;
using Kms.Adapters.Ethereum;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;

namespace Kms.Integration.Support;

/// <summary>Both contracts on an Anvil of their own, deployed by the devnet's script.</summary>
internal sealed partial class Registries : IAsyncDisposable
{
    /// <summary>Anvil's first account: deploys, owns, and is unlocked.</summary>
    public const string Owner = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";

    /// <summary>Anvil's second account, unlocked too: the platform (contracts/script/DeployDevnet.s.sol).</summary>
    public const string Platform = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

    private Registries(AnvilProcess anvil, WalletAddress kms, WalletAddress apps)
    {
        Anvil = anvil;
        Kms = kms;
        Apps = apps;
    }

    public AnvilProcess Anvil { get; }

    public WalletAddress Kms { get; }

    public WalletAddress Apps { get; }

    public static Bytes32 Measurement { get; } = Bytes32.Parse("0x" + new string('4', 64));

    public ChainIdentity Identity => new(AnvilProcess.DefaultChainId, Kms);

    public static async Task<Registries> StartAsync(uint nodes = 3, params string[] anvilOptions)
    {
        var anvil = await AnvilProcess.StartAsync(0, anvilOptions, default);
        string output = await Foundry.RunAsync(
            "forge",
            "script",
            "contracts/script/DeployDevnet.s.sol",
            "--rpc-url",
            anvil.Url.ToString(),
            "--broadcast",
            "--unlocked",
            // One transaction after the other: sent side by side, one can be lost on a busy machine, and forge waits for it for ever.
            "--slow",
            "--sender",
            Owner,
            "--sig",
            "run(uint32,bytes32,uint64)",
            $"{nodes}",
            Measurement.ToString(),
            "20");
        return new Registries(anvil, Address(output, "kmsRegistry"), Address(output, "novaAppRegistry"));
    }

    public EthereumChain Chain(FinalityRule? finality = null, Uri? rpc = null) =>
        new(new EthereumChainOptions([rpc ?? Anvil.Url], Identity, finality ?? new FinalityRule.Depth(2)));

    /// <summary>Sends a transaction to the app registry, encoded by cast.</summary>
    public Task AppsAsync(string signature, params string[] arguments) => SendAsync(Owner, Apps, signature, arguments);

    /// <summary>The same, sent by the platform.</summary>
    public Task PlatformAsync(string signature, params string[] arguments) => SendAsync(Platform, Apps, signature, arguments);

    /// <summary>From here on registrations' callbacks run out of gas.</summary>
    public Task LoseCallbacksAsync() => PlatformAsync("devSetCallbackGasLimit(uint256)", "50000");

    /// <summary>From here on they do not, as at the start.</summary>
    public Task KeepCallbacksAsync() => PlatformAsync("devSetCallbackGasLimit(uint256)", "100000");

    /// <summary>Sends a transaction to KMSRegistry, as its owner.</summary>
    public Task KmsAsync(string signature, params string[] arguments) => SendAsync(Owner, Kms, signature, arguments);

    /// <summary>Registers as the app's owner; what only the platform's old build takes (no proof) needs that first.</summary>
    public Task RegisterAsync(WalletAddress wallet, string url = "https://node.example", string key = "0x01", int version = 1, bool zk = true) => AppsAsync(
        "devRegisterInstance(uint256,uint256,address,bytes,string,bool)", "1", $"{version}", wallet.ToString(), key, url, zk ? "true" : "false");

    /// <summary>Many instances in few blocks: the call data of one, with the wallet replaced.</summary>
    public async Task RegisterManyAsync(IReadOnlyList<WalletAddress> wallets)
    {
        string placeholder = new('e', 40);
        string template = await Foundry.CastAsync(
            "calldata",
            "devRegisterInstance(uint256,uint256,address,bytes,string,bool)",
            "1",
            "1",
            "0x" + placeholder,
            "0x01",
            "https://node.example",
            "true");
        await Anvil.CallAsync("evm_setAutomine", false);
        foreach (var chunk in wallets.Chunk(25))
        {
            foreach (var wallet in chunk)
            {
                string data = template.Replace(placeholder, wallet.ToString()[2..], StringComparison.OrdinalIgnoreCase);
                await Anvil.CallAsync("eth_sendTransaction", new { from = Owner, to = Apps.ToString(), data, gas = "0x100000" });
            }

            await Anvil.MineAsync();
        }

        await Anvil.CallAsync("evm_setAutomine", true);
    }

    public static WalletAddress Wallet(int number) => WalletAddress.Parse($"0x{0xbeef0000_0000 + number:x40}");

    public ValueTask DisposeAsync() => Anvil.DisposeAsync();

    private async Task SendAsync(string from, WalletAddress to, string signature, string[] arguments) =>
        await Anvil.SendAsync(from, to.ToString(), await Foundry.CastAsync(["calldata", signature, .. arguments]));

    private static WalletAddress Address(string output, string name) =>
        WalletAddress.Parse(Regex.Match(output, $"{name}=(0x[0-9a-fA-F]{{40}})").Groups[1].Value);
}
