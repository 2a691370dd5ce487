using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;
using Kms.Sim.Enclave;

namespace Kms.Properties.Fakes;

/// <summary>A whole request pipeline over real secrets, store, signatures and envelopes; only the registry and the node's loop are fakes.</summary>
internal sealed class PipelineWorld : IDisposable, IStatusSource, ISyncEndpoint, IWriteReplication
{
    public const ulong AppNumber = 77;

    private readonly NodeRandom _random = Keys.Random(42);
    private readonly TimeSpan _start;
    private readonly List<EnclaveKeys> _callers;
    private InternalErrors? _errors;
    private Readiness? _readiness;

    public PipelineWorld(PipelineOptions? options = null, SupervisorBuild? supervisor = null)
    {
        _start = Clock.Elapsed;
        Node = new TestEnclave(1, supervisor);
        _callers = [.. Enumerable.Range(2, 3).Select(number => TestEnclave.KeysOf((byte)number, supervisor))];
        App = new AppCaller(this, _callers[0]);
        OtherApp = new AppCaller(this, _callers[1]);
        Peer = new AppCaller(this, _callers[2], isPeer: true);
        Registry.Set(FakeWalletFacts.Good(App.Wallet, App.TeeKey, AppNumber));
        Registry.Set(FakeWalletFacts.Good(OtherApp.Wallet, OtherApp.TeeKey, AppNumber + 1));
        Secrets = new SecretRing(_random);
        Install(1);
        Install(2);
        Store = new RecordStore(new StoreOptions(UInt128.One, Secrets, () => TrustedNowMs));
        Nonces = new Nonces(Clock, _random);
        Services = new NodeServices
        {
            Identity = Node.Identity,
            Odyn = Node.Odyn,
            Nonces = Nonces,
            Apps = new AppAuthorizer(Registry),
            AuthorizePeer = (wallet, _) => Task.FromResult(AuthorizePeer(wallet)),
            Secrets = Secrets,
            Store = Store,
            Replication = this,
            NotifyWrite = () => WritesNotified++,
            Sync = this,
            Status = this,
            TrustedNowMs = () => TrustedTimeIsSet ? TrustedNowMs : null,
            Audit = (kind, detail) => Audited.Add($"{AuditKinds.NameOf(kind)} {detail}"),
        };
        Pipeline = new RequestPipeline(options ?? PipelineOptions.Default, () => Readiness, () => HasServices ? Services : null, Errors);
    }

    public ManualClock Clock { get; } = new();

    public InternalErrors Errors => _errors ??= TestErrors.Of(Clock);

    public TestEnclave Node { get; }

    public FakeWalletFacts Registry { get; } = new();

    public AppCaller App { get; }

    public AppCaller OtherApp { get; }

    public AppCaller Peer { get; }

    public SecretRing Secrets { get; }

    public RecordStore Store { get; }

    public Nonces Nonces { get; }

    public NodeServices Services { get; }

    public RequestPipeline Pipeline { get; }

    /// <summary>Serves all but what <see cref="IsCaughtUp"/> and <see cref="AcceptsWrites"/> take, until a test says something else.</summary>
    public Readiness Readiness
    {
        get => _readiness ?? Readiness.Ready.Of(
            View(), Node.Identity.Wallet, Held, null,
            IsCaughtUp ? null : new Readiness.NotReady(NotReadyReason.CatchingUp, string.Empty),
            AcceptsWrites ? null : new Readiness.NotReady(NotReadyReason.Isolated, string.Empty))!;
        set => _readiness = value;
    }

    public bool HasServices { get; set; } = true;

    public bool TrustedTimeIsSet { get; set; } = true;

    public List<string> Audited { get; } = [];

    public int WritesNotified { get; private set; }

    public bool AcceptsWrites { get; set; } = true;

    public bool IsCaughtUp { get; set; } = true;

    public int StoredBy { get; set; } = 2;

    /// <summary>How long the last quorum write was to wait.</summary>
    public TimeSpan? QuorumLimit { get; private set; }

    public PeerRefusal? PeerRefused { get; set; }

    public List<(VerifiedPeer Peer, Bytes32 Binding, byte[] Body)> Synced { get; } = [];

    public ApiRefusal? SyncRefused { get; set; }

    public long TrustedNowMs => 1_700_000_000_000 + (long)(Clock.Elapsed - _start).TotalMilliseconds;

    public long NowSeconds => TrustedNowMs / 1000;

    public bool IsOperator => true;

    public string NodeUrl => "https://node.example.com";

    public IReadOnlyList<NodeSummary> Nodes => [new(Node.Identity.Wallet, Node.Identity.TeePublicKey, NodeUrl, true, true, 5)];

    public DetailedStatus Details => new(
        "fine", FakeWalletFacts.Latest, FakeWalletFacts.Final, [new(Epoch.From(1), Hash(1), "active")],
        [new(Peer.Wallet, "https://peer.example.com", true, 10, 0)], new StoreStatus(0, 0, 0, 0, Store.Digest(), OldestEpoch), 1000, 193, IsCaughtUp, Unfunded, Errors.Counts);

    public UnfundedNotice? Unfunded { get; set; }

    public Epoch? OldestEpoch { get; set; } = Epoch.From(1);

    public Task<KmsResponse> Send(KmsRequest request) => Pipeline.HandleAsync(request, default);

    public Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandleAsync(VerifiedPeer peer, Bytes32 channelBinding, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        Synced.Add((peer, channelBinding, body.ToArray()));
        return Task.FromResult(SyncRefused is { } refusal
            ? Result<ReadOnlyMemory<byte>, ApiRefusal>.Fail(refusal)
            : Result<ReadOnlyMemory<byte>, ApiRefusal>.Ok(new byte[] { 0xa0 }));
    }

    public Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel)
    {
        QuorumLimit = limit;
        return Task.FromResult(StoredBy);
    }

    /// <summary>Epochs 1 and 2 are active at both views; 3 at the latest only; 4 is retired.</summary>
    public ChainView View()
    {
        var self = FakeWalletFacts.Good(Node.Identity.Wallet, Node.Identity.TeePublicKey, 9);
        var epochs = new List<EpochRecord>
        {
            Record(1), Record(2),
        };
        KmsState State(IReadOnlyList<EpochRecord> known) =>
            new(AppId.From(9), Epoch.From(1), known, null, false, false, 2, 1000, [self.Version!.CodeMeasurement]);
        RegistrySnapshot Snapshot(BlockRef at, IReadOnlyList<EpochRecord> known) =>
            new(at, State(known), self.App, [new OperatorRecord(self.Wallet, self.Instance, self.Version)], [], new SelfRecord(false, 0));
        return new ChainView(
            Snapshot(FakeWalletFacts.Final, [.. epochs, Record(3) with { Retired = true }]),
            Snapshot(FakeWalletFacts.Latest, [.. epochs, Record(3) with { Retired = true }, Record(4)]));
    }

    public void Dispose()
    {
        Nonces.Dispose();
        Secrets.Dispose();
        Node.Dispose();
        _callers.ForEach(keys => keys.Dispose());
        _random.Dispose();
    }

    private Result<VerifiedPeer, PeerRefusal> AuthorizePeer(WalletAddress wallet)
    {
        if (PeerRefused is { } refusal)
        {
            return Result<VerifiedPeer, PeerRefusal>.Fail(refusal);
        }

        var facts = FakeWalletFacts.Good(Peer.Wallet, Peer.TeeKey, 9);
        return wallet == Peer.Wallet
            ? Result<VerifiedPeer, PeerRefusal>.Ok(TestPeer.Of(facts.Instance!, facts.Version!, FakeWalletFacts.Latest))
            : Result<VerifiedPeer, PeerRefusal>.Fail(PeerRefusal.NotListed);
    }

    /// <summary>As when the node became ready: a test may take a secret from the ring since.</summary>
    private static IReadOnlyList<HeldSecret> Held =>
        [.. ((byte[])[1, 2]).Select(number => new HeldSecret(Epoch.From(number), Hash(number), SecretState.Active, ProposedAtFinal: true, Rejections: 0))];

    private void Install(byte number)
    {
        Secrets.TryInstall(Epoch.From(number), Hash(number), Keys.Secret(number)).ShouldBeTrue();
        Secrets.Activate(Epoch.From(number), Hash(number));
    }

    private static Bytes32 Hash(byte number)
    {
        using var secret = Keys.Secret(number);
        return secret.Hash;
    }

    private EpochRecord Record(byte number) => new(Epoch.From(number), Hash(number), Node.Identity.Wallet, number, 2, Retired: false);
}
