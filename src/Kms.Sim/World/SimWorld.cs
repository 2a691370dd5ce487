using System.Globalization;
using Kms.Core.Node;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.Workload;

namespace Kms.Sim.World;

/// <summary>A whole hostile world from one seed: chain, enclaves, network, nodes and apps. Drivers move its time.</summary>
internal sealed class SimWorld : IDisposable
{
    public const byte GoodImage = 1;
    public const string ChainLane = "chain";

    /// <summary>The version that all nodes run.</summary>
    public static readonly VersionId KmsVersion = VersionId.From(1);

    public static readonly AppId KmsApp = AppId.From(1);

    private static readonly DateTimeOffset GenesisTime = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ChainIdentity Chain = new(31337, WalletAddress.Parse("0x00000000000000000000000000000000000c0de1"));

    /// <summary>How long a deep reorganisation may confuse: staleness, polls and a proposal's life.</summary>
    private static readonly TimeSpan DeepReorgSettles = TimeSpan.FromMinutes(6);

    private readonly HashSet<Incarnation> _restarted = new(ReferenceEqualityComparer.Instance);
    private readonly List<TimeSpan> _deaths = [];
    private readonly SimRandom _random;
    private readonly SupervisorBuild _supervisor;
    private readonly List<IDisposable> _owned = [];
    private TimeSpan _deepReorgAt;

    /// <param name="supervisor">What stands beside every enclave; null: drawn.</param>
    public SimWorld(ISimLoop loop, ulong seed, WorldOptions options, int keepEvents, SupervisorBuild? supervisor = null)
    {
        Loop = loop;
        Options = options;
        _random = new SimRandom(seed);
        _supervisor = supervisor ?? _random.Fork("supervisor").Pick(SupervisorBuild.All);
        Log = new EventLog(loop, keepEvents);
        Voices = new NodeVoices(this);
        Owner = WalletAddress.Parse("0x0000000000000000000000000000000000000a11");
        Platform = WalletAddress.Parse("0x0000000000000000000000000000000000000a12");
        FirstKeys = [.. Enumerable.Range(0, options.Nodes).Select(index => NewKeys($"node {index} 1"))];
        var appKeys = Enumerable.Range(0, options.Apps).Select(index => NewKeys($"app {index}")).ToArray();
        Ledger = new SimLedger(_random.Fork("ledger"), Genesis(FirstKeys, appKeys), (ulong)GenesisTime.ToUnixTimeSeconds(), options.MaxHoldBlocks);
        Network = new SimNetwork(loop, _random.Fork("network"), Log, options);
        Slots = [.. Enumerable.Range(0, options.Nodes).Select(NewSlot)];
        Network.Slots = Slots;
        Client = new AppClient(Network, loop, _random.Fork("client"), GenesisTime);
        Apps = [.. appKeys.Select((keys, index) => new SimApp(
            index, AppId.From((ulong)index + 2), InstanceId.From((ulong)(options.Nodes + index) + 1), keys))];
        Workload = new AppWorkload(this, _random.Fork("workload"));
        _owned.Add(Workload);
        Ledger.BlockAdded += OnBlock;
        Ledger.BlocksOrphaned += OnOrphaned;
    }

    public ISimLoop Loop { get; }

    public WorldOptions Options { get; }

    public EventLog Log { get; }

    public NodeVoices Voices { get; }

    public SimLedger Ledger { get; }

    public SimNetwork Network { get; }

    public IReadOnlyList<NodeSlot> Slots { get; }

    /// <summary>Of the instances that are registered from the beginning, one for each slot.</summary>
    public IReadOnlyList<EnclaveKeys> FirstKeys { get; }

    public IReadOnlyList<SimApp> Apps { get; }

    public AppClient Client { get; }

    public AppWorkload Workload { get; }

    /// <summary>Owns KMSRegistry and all apps.</summary>
    public WalletAddress Owner { get; }

    /// <summary>Owns the platform's registry.</summary>
    public WalletAddress Platform { get; }

    /// <summary>No blocks before this virtual time.</summary>
    public TimeSpan StalledUntil { get; set; }

    /// <summary>The first violation; the run stops there.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>Counts what the rules are about: states and secrets of nodes, births and deaths, blocks with transactions, reorganisations.</summary>
    public long Changes { get; private set; }

    public void Changed() => Changes++;

    public void Reach(Faults.FaultTrigger milestone, WalletAddress by) => Milestone?.Invoke(milestone, by);

    /// <summary>A node that nobody asked to stop and nobody killed runs no more: index, how it ended.</summary>
    public event Action<int, string>? Ended;

    /// <summary>A transaction of a proposal's life was mined: what, who.</summary>
    public event Action<Faults.FaultTrigger, WalletAddress>? Milestone;

    /// <summary>A block below someone's final pin was replaced at some time.</summary>
    public bool HadDeepReorg { get; private set; }

    /// <summary>Nodes may still be starting over from the new chain.</summary>
    public bool IsSettlingDeepReorg => HadDeepReorg && Loop.Now - _deepReorgAt < DeepReorgSettles;

    public static ChainIdentity ChainIdentity => Chain;

    public DateTimeOffset TrueTime => GenesisTime + Loop.Now;

    /// <summary>The newest block that a node which sees the whole chain calls final.</summary>
    public SimBlock FinalBlock => Ledger.Canonical(Ledger.Head.Number - Math.Min(Ledger.Head.Number, (ulong)Options.FinalityDepth))!;

    public IEnumerable<NodeSlot> Alive => Slots.Where(slot => slot.Current is not null);

    private TimeSpan BlockTime => TimeSpan.FromMilliseconds(Options.BlockMs);

    public static NodeProbe Probe(Incarnation incarnation) => incarnation.Probe;

    /// <summary>Life begins: blocks, nodes within their window, the apps' work.</summary>
    public void Begin()
    {
        for (int i = 0; i < Options.Nodes; i++)
        {
            int index = i;
            var at = TimeSpan.FromMilliseconds(_random.Fork("starts").Between(0, Options.StartSpreadMs));
            Loop.After(at, () => Start(index, FirstKeys[index]));
        }

        BeginBlocks();
        Workload.Start();
    }

    /// <summary>Blocks alone: whoever does this starts the nodes by hand.</summary>
    public void BeginBlocks() => Loop.After(BlockTime, NextBlock);

    public void Violate(string checker, string text)
    {
        if (Violation is null)
        {
            Violation = Violation.Of(checker, text, Loop.Now);
            Log.Add("violation", "world", $"{checker}: {Violation.Text}");
        }
    }

    public void Spawn(string what, Func<Task> work) => Loop.Spawn(work, fault => Violate("EveryRequestEnds", $"{what} threw {fault}"));

    public Task DelayAsync(TimeSpan delay)
    {
        var source = Loop.NewSource<bool>();
        Loop.After(delay, () => source.TrySetResult(true));
        return source.Task;
    }

    public EnclaveKeys NewKeys(string label)
    {
        var keys = new EnclaveKeys(_random.Fork("keys " + label), _supervisor);
        _owned.Add(keys);
        return keys;
    }

    /// <summary>Boots a node in a slot. The same keys: a restart within the same enclave.</summary>
    public void Start(int index, EnclaveKeys keys)
    {
        var slot = Slots[index];
        int number = ++slot.Starts;
        var random = _random.Fork(string.Create(CultureInfo.InvariantCulture, $"incarnation {index} {number}"));
        var life = new NodeLife(Loop);
        double drift = random.Between(-Options.MaxDriftPpm, Options.MaxDriftPpm);
        var trouble = new PortTrouble(Loop, life, slot.Ports, random.Fork("trouble"), Log);
        var clock = new SimClock(Loop, life, trouble, GenesisTime, drift) { WallStep = slot.WallStep };
        var lane = SimNetwork.Lane(index);
        Incarnation? incarnation = null;
        var node = new KmsNode(
            new KmsNodeOptions
            {
                AttestationRoot = SimHypervisor.Shared.Root,
                HostEntropy = random.Bytes(32),
                FinalityDepthBlocks = (ulong)Options.FinalityDepth,
                BlockTimeMs = Options.BlockMs,
                NodeUrl = slot.Url,
                TickMs = Options.TickMs,
                HeadPollMs = Options.HeadPollMs,
                OnAudit = audit =>
                {
                    Voices.OnAudit(index, incarnation!, audit);
                    trouble.Call("OnAudit");
                },
                OnStateChange = line =>
                {
                    Voices.OnState(index, incarnation!, line);
                    trouble.Call("OnStateChange");
                },
            },
            new SimChain(Chain, Ledger, slot.Endpoints, Options.FinalityDepth, life, trouble, random.Fork("chain"), Log.Occurred),
            new SimOdyn(Loop, life, trouble, keys, slot.OdynFaults, random.Fork("odyn"), GenesisTime, GoodImage, text => Log.Add("odyn", "odyn", $"{lane} {text}")),
            clock,
            new SimTransport(Network, lane, life, trouble));
        var stop = new CancellationTokenSource();
        _owned.Add(stop);
        Ledger.Fund(keys.Identity.Wallet);
        incarnation = new Incarnation(number, life, node, keys, clock, stop, Loop.Now);
        if (slot.Last?.Keys == keys)
        {
            _restarted.Add(incarnation);
        }

        Changes++;
        slot.Current = incarnation;
        slot.Last = incarnation;
        Log.Add("boot", lane, $"start {number}, wallet {keys.Identity.Wallet}");
        Loop.Spawn(
            async () =>
            {
                await node.RunAsync(stop.Token);
                OnEnd(index, incarnation, "ended its loop");
            },
            fault => OnEnd(index, incarnation, $"died of {fault}"));
    }

    /// <summary>Asks a node to stop, as an operator would, and puts it down when it has.</summary>
    public void Stop(int index)
    {
        if (Slots[index].Current is { IsAskedToStop: false } incarnation)
        {
            incarnation.IsAskedToStop = true;
            Log.Add("stop", SimNetwork.Lane(index), $"start {incarnation.Number} is asked to stop");
            Loop.Spawn(
                async () =>
                {
                    await incarnation.Node.DisposeAsync();
                    lock (Loop.Gate)
                    {
                        if (ReferenceEquals(Slots[index].Current, incarnation))
                        {
                            Kill(index);
                        }
                    }
                },
                fault => Violate("EveryRequestEnds", $"n{index} threw when it was asked to stop: {fault}"));
        }
    }

    /// <summary>Power off: nothing that this incarnation waits for ever comes.</summary>
    public Incarnation? Kill(int index)
    {
        var slot = Slots[index];
        if (slot.Current is not { } incarnation)
        {
            return null;
        }

        Changes++;
        slot.Current = null;
        incarnation.Life.Kill();
        _deaths.Add(Loop.Now);
        Log.Add("crash", SimNetwork.Lane(index), $"start {incarnation.Number} is gone");

        // Frees guarded memory; the dead see nothing of the world any more and the world nothing of them.
        Loop.Spawn(async () => await incarnation.Node.DisposeAsync(), _ => { });
        return incarnation;
    }

    /// <summary>The app's owner registers an instance of the KMS.</summary>
    public void Register(EnclaveKeys keys, string url) => Ledger.SubmitFromPlatform(
        new SimCall.RegisterInstance(KmsApp, KmsVersion, keys.Identity.Wallet, url, keys.Identity.TeePublicKey, ZkVerified: true), Owner);

    /// <summary>Incarnations that died after a virtual time.</summary>
    public int DeathsSince(TimeSpan at) => _deaths.Count(death => death >= at);

    /// <summary>The wallet ran in an earlier incarnation too, whose memory is gone.</summary>
    public bool WasRestarted(Incarnation incarnation) => _restarted.Contains(incarnation);

    /// <summary>Wallets that the host signs with: behind none of them the approved code asks for anything.</summary>
    public HashSet<WalletAddress> HostWallets { get; } = [];

    /// <summary>Live nodes that the chain's head lets take part.</summary>
    public IEnumerable<NodeSlot> Members() => Alive.Where(slot => Ledger.Head.State.IsMember(slot.Current!.Wallet));

    public void Dispose()
    {
        foreach (var slot in Slots)
        {
            Kill(slot.Index);
        }

        foreach (var owned in Enumerable.Reverse(_owned))
        {
            owned.Dispose();
        }

        Log.Dispose();
    }

    private NodeSlot NewSlot(int index)
    {
        var random = _random.Fork($"endpoints of {index}");
        var slot = new NodeSlot(index, [.. Enumerable.Range(0, Options.EndpointsPerNode).Select(_ =>
            new SimRpcEndpoint(Ledger, isLight: random.Below(100) >= Options.FullEndpointPercent))]);
        Network.Dns.Add(slot.Host, slot.Address);
        return slot;
    }

    private ContractState Genesis(IReadOnlyList<EnclaveKeys> nodes, EnclaveKeys[] apps)
    {
        var state = new ContractState(AppRegistryState.Empty with { Platform = Platform }, new KmsRegistryState
        {
            Owner = Owner,
            Guardian = Owner,
            KmsApp = KmsApp.Value,
            ConfirmationTarget = Options.ConfirmationTarget,
            ProposalBlocks = Options.ProposalBlocks,
            Delay = 1,
            Measurements = [SimHypervisor.Measurement(GoodImage)],
        });
        var calls = new List<SimCall> { new SimCall.RegisterApp(KmsApp), new SimCall.EnrollVersion(KmsApp, SimHypervisor.Measurement(GoodImage)) };
        calls.AddRange(nodes.Select((keys, index) => new SimCall.RegisterInstance(
            KmsApp, KmsVersion, keys.Identity.Wallet, new NodeSlot(index, []).Url, keys.Identity.TeePublicKey, ZkVerified: true)));
        for (int i = 0; i < apps.Length; i++)
        {
            var app = AppId.From((ulong)i + 2);
            calls.Add(new SimCall.RegisterApp(app));
            calls.Add(new SimCall.EnrollVersion(app, SimHypervisor.Measurement((byte)(50 + i))));
        }

        calls.AddRange(apps.Select((keys, index) => new SimCall.RegisterInstance(
            AppId.From((ulong)index + 2), VersionId.From(1), keys.Identity.Wallet, "https://app.example", keys.Identity.TeePublicKey, ZkVerified: true)));
        foreach (var call in calls)
        {
            (state, var revert) = ContractMachine.Apply(state, call, Owner, 0, 0);
            if (revert != SimRevert.None)
            {
                throw new InvalidOperationException($"{call}: {revert}");
            }
        }

        return state;
    }

    private void NextBlock()
    {
        if (Loop.Now >= StalledUntil)
        {
            Ledger.Mine((ulong)TrueTime.ToUnixTimeSeconds());
        }

        Loop.After(BlockTime, NextBlock);
    }

    private void OnBlock(SimBlock block, bool replaces)
    {
        Log.Add(replaces ? "reblock" : "block", ChainLane, string.Create(CultureInfo.InvariantCulture, $"{block.Number} with {block.Transactions.Count}"));
        int epochs = block.Parent!.State.Kms.Epochs.Length;
        Changes += block.Transactions.Count;
        foreach (var (transaction, revert) in block.Transactions)
        {
            Log.Add("mined", ChainLane, $"{transaction.Call} of {transaction.From}: {revert}");
            if (revert != SimRevert.None)
            {
                Log.Occurred($"reverted {revert}");
                continue;
            }

            if (transaction.Call is SimCall.Propose)
            {
                Milestone?.Invoke(Faults.FaultTrigger.Proposed, transaction.From);
            }

            if (transaction.Call is SimCall.Confirm)
            {
                Milestone?.Invoke(Faults.FaultTrigger.Confirmed, transaction.From);
            }
        }

        if (block.State.Kms.Epochs.Length > epochs)
        {
            Log.Add("activated", ChainLane, $"epoch {block.State.Kms.Epochs.Length}");
            Milestone?.Invoke(Faults.FaultTrigger.Activated, block.State.Kms.Epochs[^1].Proposer);
        }
    }

    private void OnOrphaned(IReadOnlyList<SimBlock> blocks)
    {
        Changes++;
        if (blocks.Count >= Options.FinalityDepth)
        {
            HadDeepReorg = true;
            _deepReorgAt = Loop.Now;
            Log.Occurred("reorg deeper than finality");
        }

        Log.Add("orphaned", ChainLane, string.Create(CultureInfo.InvariantCulture, $"{blocks[0].Number} to {blocks[^1].Number}"));
    }

    private void OnEnd(int index, Incarnation incarnation, string how)
    {
        lock (Loop.Gate)
        {
            if (!incarnation.Life.IsDead && !incarnation.IsAskedToStop)
            {
                Changes++;
                Ended?.Invoke(index, how);
            }
        }
    }
}
