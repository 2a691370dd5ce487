using System.Text;
using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;
using Kms.Devnet.Odyn;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.Workload;

namespace Kms.Benchmarks;

/// <summary>A request pipeline over real cryptography with an Odyn in this process and a registry that answers from memory.</summary>
internal sealed class PipelineRig : IDisposable, IWalletFacts, IClock, IStatusSource, ISyncEndpoint, IWriteReplication
{
    private const long NowMs = 1_760_000_000_000;
    private const string NowSeconds = "1760000000";

    private readonly NodeRandom _random = Inputs.Random(1);
    private readonly EnclaveKeys _appKeys = Keys(8);
    private readonly EnclaveKeys _nodeKeys = Keys(9);
    private readonly EventLoop _loop = new(null);
    private readonly WireCaller _app;
    private readonly SecretRing _ring;
    private readonly Nonces _nonces;
    private readonly RequestPipeline _pipeline;
    private readonly TwoViews<WalletFacts> _facts;
    private long _ticks;

    public PipelineRig()
    {
        _app = new WireCaller(_appKeys, new SimRandom(1));
        _ring = new SecretRing(_random);
        var secret = MasterSecret.Generate(_random);
        var hash = secret.Hash;
        _ring.TryInstall(Epoch.From(1), hash, secret);
        _ring.Activate(Epoch.From(1), hash);
        _nonces = new Nonces(this, _random);
        var at = new BlockRef(1, hash, 1);
        _facts = Facts(at, _appKeys);
        var services = new NodeServices
        {
            Identity = _nodeKeys.Identity,
            // Odyn without HTTP: the cryptography that it does for a request.
            Odyn = SimOdyn.Alone(_loop, _nodeKeys, new OdynFaults { Pace = TimeSpan.Zero }, DateTimeOffset.UnixEpoch),
            Nonces = _nonces,
            Apps = new AppAuthorizer(this),
            AuthorizePeer = (_, _) => Task.FromResult(Result<VerifiedPeer, PeerRefusal>.Fail(PeerRefusal.NotListed)),
            Secrets = _ring,
            Store = new RecordStore(new StoreOptions(UInt128.One, _ring, () => NowMs)),
            Replication = this,
            NotifyWrite = () => { },
            Sync = this,
            Status = this,
            TrustedNowMs = () => NowMs,
            Audit = (_, _) => { },
        };
        var epochs = new List<EpochRecord> { new(Epoch.From(1), hash, _nodeKeys.Identity.Wallet, 1, 1, Retired: false) };
        var self = Facts(at, _nodeKeys).AtLatest;
        var state = new KmsState(self.App!.Id, Epoch.From(1), epochs, null, false, false, 1, 1_000, [self.Version!.CodeMeasurement]);
        var snapshot = new RegistrySnapshot(
            at, state, self.App, [new OperatorRecord(self.Wallet, self.Instance, self.Version)], [], new SelfRecord(false, 0));
        Readiness ready = Readiness.Ready.Of(new ChainView(snapshot, snapshot), self.Wallet, _ring.Held, null, null, null)!;
        _pipeline = new RequestPipeline(PipelineOptions.Default, () => ready, () => services, new InternalErrors(new AuditLog(this, null), this));
    }

    public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;

    /// <summary>Moves with every request, so that consumed nonces expire as they would.</summary>
    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(100 * _ticks);

    public bool IsOperator => true;

    public string NodeUrl => string.Empty;

    public IReadOnlyList<NodeSummary> Nodes => [];

    public DetailedStatus Details => throw new NotSupportedException();

    public KmsRequest Request(string inner, int version)
    {
        _ticks++;
        var sent = new KmsRequest("POST", "/kms/derive", [], _app.Seal(Encoding.UTF8.GetBytes(inner), _nodeKeys.Identity.TeePublicKey));
        return _app.Prove(sent, _nodeKeys.Identity.Wallet, _nonces.Issue(), NowSeconds, version);
    }

    /// <summary>Every port answers at once, so the task is complete when it is returned.</summary>
    public KmsResponse Send(KmsRequest request) => _pipeline.HandleAsync(request, default).GetAwaiter().GetResult();

    public Task<Result<TwoViews<WalletFacts>, ChainFailure>> ReadWalletAsync(WalletAddress wallet, CancellationToken cancel) =>
        Task.FromResult(Result<TwoViews<WalletFacts>, ChainFailure>.Ok(_facts));

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandleAsync(VerifiedPeer peer, Bytes32 channelBinding, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel) => throw new NotSupportedException();

    public void Dispose()
    {
        _nonces.Dispose();
        _ring.Dispose();
        _appKeys.Dispose();
        _nodeKeys.Dispose();
        _loop.Dispose();
        _random.Dispose();
    }

    /// <summary>With signatures that cost what they cost.</summary>
    private static EnclaveKeys Keys(ulong number) => new(new SimRandom(number), SupervisorBuild.Newest, Secp256k1.Current);

    private static TwoViews<WalletFacts> Facts(BlockRef at, EnclaveKeys keys)
    {
        var app = AppId.From(49);
        var version = VersionId.From(1);
        var facts = new WalletFacts(
            at,
            keys.Identity.Wallet,
            new InstanceRecord(InstanceId.From(1), app, version, keys.Identity.Wallet, keys.Identity.TeePublicKey, string.Empty, ZkVerified: true, InstanceStatus.Active),
            new VersionRecord(app, version, VersionStatus.Enrolled, at.Hash),
            new AppRecord(app, AppStatus.Active));
        return new TwoViews<WalletFacts>(facts, facts);
    }
}
