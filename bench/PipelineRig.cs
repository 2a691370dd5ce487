using System.Text;
using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Benchmarks;

/// <summary>A request pipeline over real cryptography with an Odyn in this process and a registry that answers from memory.</summary>
internal sealed class PipelineRig : IDisposable, IWalletFacts, IClock, IStatusSource, ISyncEndpoint, IWriteReplication
{
    private const long NowMs = 1_760_000_000_000;
    private const string NowSeconds = "1760000000";

    private readonly NodeRandom _random = Inputs.Random(1);
    private readonly EthereumPrivateKey _app = EthereumPrivateKey.Import(Inputs.Filled(8, 32));
    private readonly TeePrivateKey _appTee = Inputs.Tee(8);
    private readonly InProcessOdyn _odyn = new();
    private readonly SealedExchange _appExchange;
    private readonly SecretRing _ring;
    private readonly Nonces _nonces;
    private readonly RequestPipeline _pipeline;
    private readonly TwoViews<WalletFacts> _facts;
    private readonly byte[] _iv = new byte[12];
    private long _ticks;

    public PipelineRig()
    {
        _appExchange = new SealedExchange(_appTee, maxPeers: 8);
        _ring = new SecretRing(_random);
        var secret = MasterSecret.Generate(_random);
        var hash = secret.Hash;
        _ring.TryInstall(Epoch.From(1), hash, secret);
        _ring.Activate(Epoch.From(1), hash);
        _nonces = new Nonces(this, _random);
        var at = new BlockRef(1, hash, 1);
        _facts = Facts(at);
        var services = new NodeServices
        {
            Identity = _odyn.Identity,
            Odyn = _odyn,
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
        var epochs = new List<EpochRecord> { new(Epoch.From(1), hash, _odyn.Identity.Wallet, 1, 1, Retired: false) };
        var state = new KmsState(AppId.From(1), Epoch.From(1), epochs, null, false, false, 1, 1_000, []);
        var snapshot = new RegistrySnapshot(at, state, null, [], [], new SelfRecord(false, 0));
        var ready = new Readiness.Ready(new ChainView(snapshot, snapshot), Epoch.From(1), Epoch.From(1), [], null, null, null);
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
        BitConverter.TryWriteBytes(_iv, _ticks);
        var body = EnvelopeJson.Serialize(_appExchange.Seal(Encoding.UTF8.GetBytes(inner), _odyn.Identity.TeePublicKey, _iv));
        var nonce = _nonces.Issue();
        var wallet = _odyn.Identity.Wallet;
        var message = version == 1
            ? ProofMessages.AppV1(nonce, wallet, NowSeconds)
            : ProofMessages.AppV2(nonce, wallet, NowSeconds, "POST", "/kms/derive", body);
        List<KeyValuePair<string, string>> headers =
        [
            new("x-app-signature", _app.SignMessage(message).ToString()),
            new("x-app-nonce", nonce),
            new("x-app-timestamp", NowSeconds),
            new("x-app-wallet", _app.Wallet.ToString()),
        ];
        if (version == 2)
        {
            headers.Add(new("x-app-pop", "2"));
        }

        return new KmsRequest("POST", "/kms/derive", headers, body);
    }

    /// <summary>Every port answers at once, so the task is complete when it is returned.</summary>
    public KmsResponse Send(KmsRequest request) => _pipeline.HandleAsync(request, default).GetAwaiter().GetResult();

    public Task<Result<TwoViews<WalletFacts>, ChainFailure>> ReadWalletAsync(WalletAddress wallet, CancellationToken cancel) =>
        Task.FromResult(Result<TwoViews<WalletFacts>, ChainFailure>.Ok(_facts));

    public Task DelayAsync(TimeSpan duration, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandleAsync(VerifiedPeer peer, Bytes32 proofBinding, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        throw new NotSupportedException();

    public Task<int> WaitForQuorumAsync(WriteId write, int members, TimeSpan limit, CancellationToken cancel) => throw new NotSupportedException();

    public void Dispose()
    {
        _nonces.Dispose();
        _ring.Dispose();
        _appExchange.Dispose();
        _appTee.Dispose();
        _app.Dispose();
        _odyn.Dispose();
        _random.Dispose();
    }

    private TwoViews<WalletFacts> Facts(BlockRef at)
    {
        var app = AppId.From(49);
        var version = VersionId.From(1);
        var facts = new WalletFacts(
            at,
            _app.Wallet,
            new InstanceRecord(InstanceId.From(1), app, version, _app.Wallet, _appTee.PublicKey, string.Empty, ZkVerified: true, InstanceStatus.Active),
            new VersionRecord(app, version, VersionStatus.Enrolled, at.Hash),
            new AppRecord(app, AppStatus.Active));
        return new TwoViews<WalletFacts>(facts, facts);
    }
}
