using System.Globalization;
using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Sim.Chain;
using Kms.Sim.Components;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Properties.Fakes;

/// <summary>A world of the simulator that a test moves by hand: real nodes, numbered from 1, on one thread and in virtual time.</summary>
internal sealed class TestWorld : IDisposable
{
    public const int Depth = 2;

    private const ulong Seed = 1;
    private const int KeptEvents = 20_000;

    private readonly EventLoop _loop = new(null);
    private readonly List<string> _broken = [];

    /// <param name="nodes">Registered instances; each starts with <see cref="Start"/>.</param>
    public TestWorld(int nodes, uint target, Func<WorldOptions, WorldOptions>? with = null, SupervisorBuild? supervisor = null)
    {
        RememberedSignatures.Begin();
        var options = new WorldOptions
        {
            Nodes = nodes,
            ConfirmationTarget = target,
            FinalityDepth = Depth,
            ProposalBlocks = 40,
            BlockMs = 1_000,
            TickMs = 5_000,
            HeadPollMs = 500,
            EndpointsPerNode = 1,
            FullEndpointPercent = 100,
            MaxHoldBlocks = 0,
            MinDelayMs = 5,
            MaxDelayMs = 5,
            MaxDriftPpm = 0,
            Apps = 0,
            WorkloadMs = 0,
        };
        Sim = new SimWorld(_loop, Seed, with is null ? options : with(options), KeptEvents, supervisor);
        Sim.Ended += (index, how) => _broken.Add(string.Create(CultureInfo.InvariantCulture, $"node {index + 1} {how}"));
        Sim.Network.HandlerBroke += _broken.Add;
        Clock = new ComponentClock(_loop);
        Sim.BeginBlocks();
    }

    public SimWorld Sim { get; }

    /// <summary>For parts that a test makes by itself: it ends delays to the tick, and does not drift.</summary>
    public ComponentClock Clock { get; }

    /// <summary>Both contracts at the head.</summary>
    public ContractState Contracts => Sim.Ledger.Head.State;

    public BlockRef Head => Sim.Ledger.Head.Ref;

    public IEnumerable<KmsNode> Nodes => Sim.Slots.Where(slot => slot.Last is not null).Select(slot => slot.Last!.Node);

    /// <summary>A block a second, or those of <see cref="Mine"/> alone.</summary>
    public bool AutoMine
    {
        set => Sim.StalledUntil = value ? TimeSpan.Zero : TimeSpan.MaxValue;
    }

    public NodeSlot Slot(int number) => Sim.Slots[number - 1];

    public KmsNode Node(int number) => Slot(number).Last!.Node;

    public NodeParts Parts(int number) => Node(number).Parts!;

    public EnclaveKeys Keys(int number) => Sim.FirstKeys[number - 1];

    public WalletAddress Wallet(int number) => Keys(number).Identity.Wallet;

    public IReadOnlyList<AuditEvent> Audit(int number) => Node(number).AuditEvents;

    public bool Has(int number, AuditKind kind) => Audit(number).Any(one => one.Kind == kind);

    /// <summary>What the node told its operator about its state.</summary>
    public IEnumerable<string> StatesOf(int number) =>
        Sim.Log.Kept.Where(one => one.Kind == "state" && one.Lane == SimNetwork.Lane(number - 1)).Select(one => one.Text);

    public void Start(int number) => Sim.Start(number - 1, Keys(number));

    public void StartAll()
    {
        for (int number = 1; number <= Sim.Slots.Count; number++)
        {
            Start(number);
        }
    }

    public bool AllReady() => Sim.Slots.All(slot => slot.Last is { Node.IsReady: true });

    /// <summary>Lets virtual time pass until the condition holds, which is asked before every step; false when the limit passed first.</summary>
    public bool RunUntil(Func<bool> condition, int seconds) => RunUntil(condition, TimeSpan.FromSeconds(seconds));

    public void RunFor(int seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public void Pass(TimeSpan time) => RunUntil(() => false, time);

    public void PassMs(long milliseconds) => Pass(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Runs an action on the world's thread and what follows from it while no time passes.</summary>
    public T Do<T>(Func<T> action)
    {
        var result = default(T);
        _loop.Post(_ => result = action(), null);
        Pass(TimeSpan.Zero);
        return result!;
    }

    public void Do(Action action) => Do(() =>
    {
        action();
        return true;
    });

    /// <summary>Completes a task while virtual time passes.</summary>
    public T Await<T>(Func<Task<T>> start, int seconds)
    {
        var task = Do(start);
        RunUntil(() => task.IsCompleted, seconds).ShouldBeTrue("the task did not end in time");
        return task.GetAwaiter().GetResult();
    }

    /// <param name="change">What no call of the contracts can do.</param>
    public void Mine(Func<ContractState, ContractState>? change = null) => Sim.Ledger.Mine((ulong)Sim.TrueTime.ToUnixTimeSeconds(), change);

    /// <summary>A call of the KMS app's owner, in a block of its own.</summary>
    public void Send(SimCall call) => Send(call, Sim.Owner);

    public void Send(SimCall call, WalletAddress from)
    {
        Sim.Ledger.SubmitFromPlatform(call, from);
        Mine();
        Sim.Ledger.Head.Transactions.Single(mined => mined.Transaction.Call == call).Revert.ShouldBe(SimRevert.None);
    }

    /// <summary>An action of the owner, executed as soon as its delay of a second is over.</summary>
    public void Govern(SimActionKind kind, ulong number)
    {
        Send(new SimCall.Schedule(kind, SimActionData.From(number)));
        Send(new SimCall.Execute((ulong)Contracts.Kms.Actions.Length));
    }

    /// <summary>From now on the two nodes' messages to each other get lost, or no longer.</summary>
    public void Cut(int one, int other, bool isCut = true)
    {
        Sim.Network.LinkOf(SimNetwork.Lane(one - 1), SimNetwork.Lane(other - 1)).IsCut = isCut;
        Sim.Network.LinkOf(SimNetwork.Lane(other - 1), SimNetwork.Lane(one - 1)).IsCut = isCut;
    }

    /// <summary>A way to the chain for parts that a test makes by itself; it answers within the call.</summary>
    public TappedChain NewChain()
    {
        var life = new NodeLife(_loop);
        var endpoint = new SimRpcEndpoint(Sim.Ledger, isLight: false) { Pace = TimeSpan.Zero };
        return new TappedChain(new SimChain(
            SimWorld.ChainIdentity, Sim.Ledger, [endpoint], Depth, life, Calm(life), new SimRandom(Seed), Sim.Log.Occurred), endpoint);
    }

    /// <summary>A registered instance's supervisor, for the test's own questions or its own parts; it answers within the call.</summary>
    public TestEnclave NewEnclave(int number) => new(Keys(number), _loop, Sim.TrueTime - _loop.Now);

    /// <summary>As a node has it: set by a document of the first instance that is minted now.</summary>
    public TrustedTime NewTrustedTime()
    {
        byte[] nonce = Cryptography.Keys.Filled(1, 32);
        var document = NewEnclave(1).Attest(new AttestationRequest(nonce, null));
        new AttestationVerifier(SimHypervisor.Shared.Root).VerifyOwn(document, nonce).TryGet(out var own).ShouldBeTrue();
        var time = new TrustedTime(Clock);
        time.Set(own!, Clock.Elapsed);
        return time;
    }

    public string Describe() => string.Join('\n', Sim.Slots.Select(slot => $"{slot.Index + 1}: {slot.Last?.Node.Reason} {slot.Last?.Node.Detail}\n   " +
        string.Join("\n   ", slot.Last?.Node.AuditEvents.TakeLast(12).Select(one => $"{one.At.TotalSeconds:F1} {one.Kind} {one.Detail}") ?? [])));

    public void Dispose()
    {
        foreach (var slot in Sim.Slots)
        {
            Sim.Kill(slot.Index);
        }

        Pass(TimeSpan.Zero);
        Sim.Dispose();
        _loop.Dispose();
        RememberedSignatures.End();
    }

    private bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        bool holds = false;
        _loop.Run(_loop.Now + limit, () => holds, () => holds = holds || condition());
        (_loop.IsStuck || _loop.IsEndless).ShouldBeFalse("a step did not end");
        _broken.ShouldBeEmpty(Describe());
        return holds;
    }

    private PortTrouble Calm(NodeLife life) => new(_loop, life, new ThrowingPorts(), new SimRandom(Seed), Sim.Log);
}
