using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Fakes;

/// <summary>Real nodes over fake ports, on one thread and in virtual time. Nodes are numbered from 1.</summary>
internal sealed class Cluster : IDisposable
{
    public const ulong Depth = 2;

    public static readonly AppId KmsApp = AppId.From(9);
    public static readonly VersionId Version = VersionId.From(1);

    private readonly Dictionary<string, KmsNode> _hosts = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    /// <param name="nodes">Registered instances; each starts with <see cref="Start"/>.</param>
    public Cluster(int nodes, uint target, Action<ClusterState>? genesis = null)
    {
        Clock = new ManualClock();
        HostClock = new SkewedClock(Clock);
        Loop = new ClusterLoop(Clock);
        Issuer = new NitroIssuer(Keys.Filled(42, 32));
        Transport = new ClusterTransport(Clock, _hosts);
        var state = new ClusterState { KmsApp = KmsApp, Target = target };
        state.Approved.Add(ClusterOdyn.Measurement(7));
        state.Versions[Version] = new VersionRecord(KmsApp, Version, VersionStatus.Enrolled, ClusterOdyn.Measurement(7));
        for (byte number = 1; number <= nodes; number++)
        {
            var odyn = new ClusterOdyn(number, Issuer, Clock) { Build = number % 2 == 0 ? SupervisorBuild.All[^1] : SupervisorBuild.Newest };
            Odyns.Add(odyn);
            Register(state, number, odyn);
        }

        genesis?.Invoke(state);
        Chain = new ClusterChain(Clock, state, Depth);
        Nodes = new KmsNode[nodes];
    }

    public ManualClock Clock { get; }

    /// <summary>The clock that the nodes see: its wall time is the host's to set.</summary>
    public SkewedClock HostClock { get; }

    public ClusterLoop Loop { get; }

    public NitroIssuer Issuer { get; }

    public ClusterChain Chain { get; }

    public ClusterTransport Transport { get; }

    public List<ClusterOdyn> Odyns { get; } = [];

    public KmsNode[] Nodes { get; }

    public Action<AuditEvent>? OnAudit { get; init; }

    public Action<string>? OnState { get; init; }

    /// <summary>What stands between a node and the chain, by its number; nothing unless a test says so.</summary>
    public Func<int, IChain, IChain> Rpc { get; init; } = (_, chain) => chain;

    public List<string>[] Lines { get; } = [[], [], [], [], [], [], [], []];

    public static string Host(int number) => $"node{number}.example.com";

    public WalletAddress Wallet(int number) => Odyns[number - 1].Identity.Wallet;

    public KmsNode Node(int number) => Nodes[number - 1];

    public IReadOnlyList<AuditEvent> Audit(int number) => Node(number).AuditEvents;

    public static void Register(ClusterState state, byte number, ClusterOdyn odyn)
    {
        state.Instances.Add(new InstanceRecord(
            InstanceId.From(number), KmsApp, Version, odyn.Identity.Wallet, odyn.Identity.TeePublicKey, $"https://{Host(number)}", true, InstanceStatus.Active));
        state.Listed.Add(odyn.Identity.Wallet);
    }

    public KmsNode Start(int number)
    {
        var node = new KmsNode(Options(number), Rpc(number, Chain), Odyns[number - 1], HostClock, Transport);
        Nodes[number - 1] = node;
        _hosts[Host(number)] = node;
        _running.Add(Loop.Run(() => node.RunAsync(_stop.Token)));
        return node;
    }

    public void StartAll()
    {
        for (int number = 1; number <= Nodes.Length; number++)
        {
            Start(number);
        }
    }

    public bool RunUntil(Func<bool> condition, int seconds) => Loop.RunUntil(
        () =>
        {
            _running.ForEach(task => (task.IsFaulted ? task.Exception : null)?.Handle(_ => false));
            return condition();
        },
        TimeSpan.FromSeconds(seconds),
        Chain.KeepUp);

    public void RunFor(int seconds) => RunUntil(() => false, seconds);

    public bool AllReady() => Nodes.All(node => node is { IsReady: true });

    public string Describe() => string.Join("\n", Nodes.Select((node, at) => $"{at + 1}: {node?.Reason} {node?.Detail}\n   " +
        string.Join("\n   ", node?.AuditEvents.TakeLast(12).Select(one => $"{one.At.TotalSeconds:F1} {one.Kind} {one.Detail}") ?? [])));

    public KmsNodeOptions Options(int number) => new()
    {
        AttestationRoot = Issuer.Root,
        HostEntropy = Keys.Filled((byte)(200 + number), 32),
        FinalityDepthBlocks = Depth,
        HeadPollMs = 500,
        TickMs = 5_000,
        OnAudit = OnAudit,
        OnStateChange = OnState ?? Lines[number - 1].Add,
    };

    public void Stop()
    {
        Loop.Run(() =>
        {
            _stop.Cancel();
            return true;
        });
        Loop.RunUntil(() => _running.TrueForAll(task => task.IsCompleted), TimeSpan.FromSeconds(30), Chain.KeepUp).ShouldBeTrue("the nodes did not stop");
    }

    public void Dispose()
    {
        Stop();
        Odyns.ForEach(odyn => odyn.Dispose());
        _stop.Dispose();
    }
}
