using System.Diagnostics;
using System.Globalization;
using Kms.Core.Registry;
using Kms.Devnet.Attestation;
using Kms.Devnet.Chain;
using Kms.Devnet.Loopback;
using Kms.Devnet.Odyn;
using Kms.Devnet.Rpc;
using Kms.Hosting;

namespace Kms.Devnet;

/// <summary>
/// A whole cluster on this machine: Anvil, both contracts, one simulated enclave supervisor over HTTP per node and app, and the
/// nodes, which boot, elect and confirm by themselves. Everything dies with this process, however it ends.
/// </summary>
public sealed class DevnetCluster : IAsyncDisposable
{
    private const string NodeImage = "nova-kms-devnet-node";
    private const ulong MinProposalBlocks = 60;
    private readonly DevnetOptions _options;
    private readonly Lock _reporting = new();
    private readonly Action<string> _report;
    private readonly DevnetAuthority _authority = new();
    private readonly List<DevnetNode> _nodes = [];
    private AnvilProcess? _anvil;
    private DevnetRpc? _rpc;
    private LightClientServer? _light;
    private DevnetContracts? _contracts;
    private DevnetApp? _app;
    private DevnetApp? _otherApp;
    private bool _fileWritten;

    private DevnetCluster(DevnetOptions options, Action<string> progress)
    {
        _options = options;
        _report = progress;
    }

    public IReadOnlyList<DevnetNode> Nodes => _nodes;

    /// <summary>The demo app, the one in <c>devnet.json</c>.</summary>
    public DevnetApp App => Started(_app);

    /// <summary>A second app, to show that apps share no keys.</summary>
    public DevnetApp OtherApp => Started(_otherApp);

    /// <summary>The chain itself.</summary>
    public Uri RpcUrl => Rpc.Url;

    /// <summary>What the nodes have for a chain RPC.</summary>
    public Uri NodeRpcUrl => _light?.Url ?? RpcUrl;

    public ulong ChainId => _options.ChainId;

    public ulong FinalityDepth => _options.FinalityDepth;

    /// <summary>The KMSRegistry proxy.</summary>
    public WalletAddress KmsRegistry => Contracts.KmsRegistry;

    public WalletAddress NovaAppRegistry => Contracts.NovaAppRegistry;

    /// <summary>The devnet's attestation root, DER.</summary>
    public ReadOnlyMemory<byte> AttestationRootDer => _authority.RootDer;

    internal DevnetRpc Rpc => Started(_rpc);

    internal DevnetContracts Contracts => Started(_contracts);

    /// <summary>Starts everything and waits until all nodes are ready.</summary>
    /// <param name="progress">Called with one line for people whenever something happened.</param>
    /// <exception cref="DevnetException">Something is missing or failed; what was started is stopped again.</exception>
    public static async Task<DevnetCluster> StartAsync(DevnetOptions options, Action<string> progress, CancellationToken cancel)
    {
        if (options.Problem() is { } problem)
        {
            throw new DevnetException(problem);
        }

        await ClaimFileAsync(options.File, cancel);
        var devnet = new DevnetCluster(options, progress);
        try
        {
            await devnet.StartChainAsync(cancel);
            await devnet.BootAppsAsync(cancel);
            // Each waits for blocks of a second: side by side.
            await Task.WhenAll(devnet.RegisterAppsAsync(cancel), devnet.StartNodesAsync(cancel));
            await devnet.WaitUntilReadyAsync(cancel);
            return devnet;
        }
        catch
        {
            await devnet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Terminates a node as if its enclave were gone: connections are cut, its identity is lost.</summary>
    public async Task KillNodeAsync(DevnetNode node)
    {
        bool ran = node.IsRunning;
        await node.StopAsync(graceful: false);
        if (ran)
        {
            Progress($"node {node.Number}: killed");
        }
    }

    /// <summary>Starts a killed node again at the same URL, with a new identity, and waits until it is ready.</summary>
    public async Task RestartNodeAsync(DevnetNode node, CancellationToken cancel)
    {
        await KillNodeAsync(node);
        // The platform notices that an instance is gone; here we are the platform.
        await Contracts.SetInstanceStatusAsync(node.Instance, InstanceStatus.Failed, cancel);
        await BootNodeAsync(node, cancel);
        await RunNodeAsync(node, cancel);
        await WaitUntilReadyAsync(cancel);
    }

    /// <summary>Waits until every running node is ready, then writes <c>devnet.json</c>.</summary>
    /// <exception cref="DevnetException">Not within the time limit; the message holds each node's reason.</exception>
    public async Task WaitUntilReadyAsync(CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var seen = new Dictionary<int, string>();
        while (_nodes.Any(node => node.IsRunning && !node.IsReady))
        {
            Report(seen, clock.Elapsed);
            if (clock.Elapsed > _options.ReadyTimeout)
            {
                throw new DevnetException("the nodes did not become ready: "
                    + string.Join(", ", _nodes.Select(node => $"node {node.Number} {node.State}")));
            }

            if (Started(_anvil).HasExited)
            {
                throw new DevnetException("anvil ended");
            }

            await Task.Delay(100, cancel);
        }

        Report(seen, clock.Elapsed);
        WriteFile();
    }

    /// <summary>Whether the light client keeps showing the nodes the block that is the newest now.</summary>
    /// <exception cref="DevnetException">There is no light client.</exception>
    public void FreezeHead(bool freeze)
    {
        (_light ?? throw new DevnetException("there is no light client (--rpc full)")).Client.IsFrozen = freeze;
        Progress(freeze ? "devnet: the light client shows no newer block" : "devnet: the light client follows the chain again");
    }

    /// <summary>Stops nodes, emulators and chain, and removes <c>devnet.json</c>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_fileWritten)
        {
            _fileWritten = false;
            File.Delete(_options.File!);
        }

        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()).ToArray());
        foreach (var app in (DevnetApp?[])[_app, _otherApp])
        {
            if (app is not null)
            {
                await app.DisposeAsync();
            }
        }

        if (_light is { } light)
        {
            _light = null;
            await light.DisposeAsync();
        }

        _rpc?.Dispose();
        if (_anvil is { } anvil)
        {
            _anvil = null;
            await anvil.DisposeAsync();
        }
    }

    /// <summary>A new simulated enclave that runs the node's image and is registered under a URL: for nodes outside this process.</summary>
    internal async Task<DevnetOutsider> RegisterOutsiderAsync(Uri url, CancellationToken cancel)
    {
        var odyn = await OdynEmulator.StartAsync(_authority.Boot(NodeImage, _options.BuildOf(0)), cancel);
        await Rpc.FundAsync(odyn.Enclave.Wallet, cancel);
        var instance = await Contracts.RegisterAsync(
            Contracts.KmsApp, Contracts.KmsVersion, odyn.Enclave.Wallet, odyn.Enclave.TeePublicKey, DevnetApp.Plain(url), cancel);
        return new DevnetOutsider(odyn, Contracts, instance);
    }

    // One that was killed left its file behind: clients must not mistake it for ours. One that lives keeps it.
    private static async Task ClaimFileAsync(string? path, CancellationToken cancel)
    {
        if (path is null || !Path.Exists(path))
        {
            DevnetFile.PrepareFolder(path);
            return;
        }

        using var rpc = new DevnetRpc(DevnetFile.Read(path).RpcUrl);
        if (await rpc.AnswersAsync(cancel))
        {
            throw new DevnetException($"{path} belongs to a devnet that runs: stop it, or give another --file");
        }

        File.Delete(path);
    }

    private async Task StartChainAsync(CancellationToken cancel)
    {
        Progress("devnet: starting anvil");
        string[] chain =
        [
            "--chain-id", _options.ChainId.ToString(CultureInfo.InvariantCulture),
            "--block-time", "1",
            // Blocks that `safe` trails the latest block; `finalized` trails twice as many.
            "--slots-in-an-epoch", _options.FinalityDepth.ToString(CultureInfo.InvariantCulture),
            "--accounts", "1",
            "--balance", "1000000000",
        ];
        _anvil = await AnvilProcess.StartAsync(_options.RpcPort, chain, cancel);
        _rpc = new DevnetRpc(_anvil.Url);
        Progress($"devnet: chain {_options.ChainId} at {DevnetApp.Plain(_anvil.Url)}, deploying contracts");
        ulong proposalBlocks = Math.Max(MinProposalBlocks, 8 * _options.FinalityDepth);
        _contracts = await DevnetContracts.DeployAsync(_rpc, _options.Nodes, DevnetAuthority.MeasurementOf(NodeImage), proposalBlocks, cancel);
        Progress($"devnet: KMSRegistry {_contracts.KmsRegistry}, NovaAppRegistry {_contracts.NovaAppRegistry}");
        if (_options.IsLight)
        {
            _light = await LightClientServer.StartAsync(_anvil.Url, TimeProvider.System, cancel);
            Progress($"devnet: light client (simulated) at {DevnetApp.Plain(_light.Url)}");
        }
    }

    private async Task StartNodesAsync(CancellationToken cancel)
    {
        for (int i = 0; i < _options.Nodes; i++)
        {
            _nodes.Add(new DevnetNode(i + 1, new LoopbackPort(_options.NodePort == 0 ? 0 : _options.NodePort + i)));
        }

        await Task.WhenAll(_nodes.Select(node => BootNodeAsync(node, cancel)).ToArray());
        foreach (var node in _nodes)
        {
            await RunNodeAsync(node, cancel);
        }
    }

    private async Task BootNodeAsync(DevnetNode node, CancellationToken cancel)
    {
        await node.BootAsync(_authority.Boot(NodeImage, _options.BuildOf(node.Number - 1)), cancel);
        await Rpc.FundAsync(node.Wallet, cancel);
        node.Instance = await Contracts.RegisterAsync(
            Contracts.KmsApp, Contracts.KmsVersion, node.Wallet, node.TeePublicKey, DevnetApp.Plain(node.Url), cancel);
    }

    private async Task RunNodeAsync(DevnetNode node, CancellationToken cancel)
    {
        await node.StartAsync(options => Configure(options, node), _options.OnLog, cancel);
        Progress($"node {node.Number}: {DevnetApp.Plain(node.Url)} wallet {node.Wallet} supervisor {_options.BuildOf(node.Number - 1).Version} (simulated) {DevnetApp.Plain(node.OdynUrl)} auxiliary port {DevnetApp.Plain(node.AuxiliaryUrl)}");
    }

    private void Configure(NovaKmsOptions options, DevnetNode node)
    {
        options.ChainId = _options.ChainId;
        options.KmsRegistry = Contracts.KmsRegistry.ToString();
        options.RpcUrl = DevnetApp.Plain(NodeRpcUrl);
        options.OdynUrl = DevnetApp.Plain(node.OdynUrl);
        options.NodeUrl = DevnetApp.Plain(node.Url);
        options.FinalityDepth = _options.FinalityTag == "finalized" ? 2 * _options.FinalityDepth : _options.FinalityDepth;
        options.FinalityTag = _options.FinalityTag;
        options.AttestationRoot = _authority.Root;
        options.ConnectProxy = "none";
        options.TickMs = _options.TickMs;
        options.HeadPollMs = _options.HeadPollMs;
        options.StatusReaders.Add(App.Enclave.Wallet.ToString());
        foreach (var peer in _nodes)
        {
            options.AddressExceptions.Add(peer.EndPoint.ToString());
        }
    }

    private async Task BootAppsAsync(CancellationToken cancel)
    {
        _app = await BootAppAsync("devnet-demo-app", cancel);
        _otherApp = await BootAppAsync("devnet-other-app", cancel);
    }

    private Task<DevnetApp> BootAppAsync(string image, CancellationToken cancel) =>
        DevnetApp.BootAsync(image, _authority.Boot(image, _options.BuildOf(0)), cancel);

    private async Task RegisterAppsAsync(CancellationToken cancel)
    {
        // One after the other: the registry numbers apps in the order of creation.
        await App.RegisterAsync(Contracts, Rpc, cancel);
        await OtherApp.RegisterAsync(Contracts, Rpc, cancel);
        Progress($"devnet: demo app {App.App} wallet {App.Enclave.Wallet}, another app {OtherApp.App}");
    }

    // Apps and nodes start side by side; who is told gets one line at a time.
    private void Progress(string line)
    {
        lock (_reporting)
        {
            _report(line);
        }
    }

    private void Report(Dictionary<int, string> seen, TimeSpan elapsed)
    {
        foreach (var node in _nodes.Where(node => node.IsRunning))
        {
            string state = node.State;
            if (seen.GetValueOrDefault(node.Number) != state)
            {
                seen[node.Number] = state;
                Progress(string.Create(CultureInfo.InvariantCulture, $"node {node.Number}: {state} after {elapsed.TotalSeconds:F1} s"));
            }
        }
    }

    private void WriteFile()
    {
        if (_options.File is not { } path)
        {
            return;
        }

        var nodes = _nodes
            .Where(node => node.IsRunning)
            .Select(node => new DevnetFile.NodePart(
                DevnetApp.Plain(node.Url), node.Wallet.ToString(), node.TeePublicKey.ToString(), DevnetApp.Plain(node.OdynUrl)));
        var contracts = new DevnetFile.ContractsPart(KmsRegistry.ToString(), NovaAppRegistry.ToString());
        new DevnetFile(ChainId, RpcUrl, contracts, [.. nodes], App.Keys).Write(path);
        _fileWritten = true;
    }

    private static T Started<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException("the devnet is not running");
}
