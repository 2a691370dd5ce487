using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Network;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>The parts of a running node, put together once Odyn told who it is and gave randomness.</summary>
internal sealed class NodeParts : IDisposable
{
    private NodeParts(
        KmsNodeOptions options, IChain chain, IOdyn odyn, IClock clock, ITransport transport, OdynIdentity identity, NodeRandom random,
        RandomnessCheck randomness, AuditLog audit, InternalErrors errors, ReadinessGate gate, CancellationToken stopping)
    {
        var guard = new PortGuard(clock, errors);
        var bounded = new BoundedChain(chain, guard);
        var supervisor = new BoundedOdyn(odyn, guard);
        var verifier = new AttestationVerifier(options.AttestationRoot);
        var addresses = new AddressPolicy(transport, options.AddressExceptions, options.AttestationRoot.IsAws);

        Identity = identity;
        Random = random;
        Audit = audit;
        Errors = errors;
        Clock = clock;
        Time = new TrustedTime(clock);
        Odyn = new OdynWatch(identity, supervisor, random, randomness, verifier, Time, clock, audit);
        Heads = new ChainWatch(bounded, clock, Time, options.MaxFinalLagMs, stopping);
        Membership = new MembershipWatch(bounded, Heads, identity.Wallet, stopping);
        Cache = new RegistryCache(bounded, Heads, stopping);
        Secrets = new SecretRing(random);
        Nonces = new Nonces(clock, random);
        Transactor = new Transactor(bounded, supervisor, identity.Wallet, clock, Time, audit);
        Store = new RecordStore(new StoreOptions(NextIncarnation(random), Secrets, () => Time.NowMs));

        var dialer = new PeerDialer(transport, guard, addresses.PinAsync);
        var client = new PeerClient(dialer, supervisor, Time, random, Secrets, identity.Wallet);
        var peers = new PeerAuthorizer(Membership);
        var policy = new HandoverPolicy(verifier, Time, Membership);
        Replicator = new Replicator(Store, client, clock, errors);
        Probes = new NodeProbes(dialer, clock, errors, identity.Wallet);
        Limiter = new HandoverLimiter(clock);
        Handovers = new HandoverClient(chain.Identity, identity, supervisor, random, Secrets, client, policy, clock, errors, audit);
        HandoverServer = new HandoverServer(
            chain.Identity, identity, supervisor, random, Nonces, Secrets, peers, Membership, policy, Limiter, audit,
            () => Odyn.Health == OdynHealth.Good);
        Replication = new ReplicationLoop(Replicator, clock, errors, options.TickMs);
        Tick = new NodeTick(this, options, gate);
        Services = new NodeServices
        {
            Identity = identity,
            Odyn = supervisor,
            Nonces = Nonces,
            Apps = new AppAuthorizer(Cache),
            AuthorizePeer = peers.AuthorizeAsync,
            Secrets = Secrets,
            Store = Store,
            Replication = Replicator,
            NotifyWrite = Replication.RequestPush,
            Sync = new SyncEndpoint(identity.Wallet, Secrets, random, Replicator, HandoverServer),
            Status = new NodeStatus(this, options, gate),
            TrustedNowMs = () => Time.IsSet ? Time.NowMs : null,
            Audit = audit.Record,
        };
    }

    public OdynIdentity Identity { get; }

    public NodeRandom Random { get; }

    public AuditLog Audit { get; }

    public InternalErrors Errors { get; }

    public IClock Clock { get; }

    public TrustedTime Time { get; }

    public OdynWatch Odyn { get; }

    public ChainWatch Heads { get; }

    public MembershipWatch Membership { get; }

    public RegistryCache Cache { get; }

    public SecretRing Secrets { get; }

    public Nonces Nonces { get; }

    public Transactor Transactor { get; }

    public RecordStore Store { get; }

    public Replicator Replicator { get; }

    public ReplicationLoop Replication { get; }

    public NodeProbes Probes { get; }

    public HandoverLimiter Limiter { get; }

    public HandoverClient Handovers { get; }

    public HandoverServer HandoverServer { get; }

    public NodeTick Tick { get; }

    public NodeServices Services { get; }

    /// <summary>Takes ownership of the generator.</summary>
    public static NodeParts Create(
        KmsNodeOptions options, IChain chain, IOdyn odyn, IClock clock, ITransport transport, OdynIdentity identity, NodeRandom random,
        RandomnessCheck randomness, AuditLog audit, InternalErrors errors, ReadinessGate gate, CancellationToken stopping) =>
        new(options, chain, odyn, clock, transport, identity, random, randomness, audit, errors, gate, stopping);

    /// <summary>Destroys every secret, the nonce key and the generator.</summary>
    public void Dispose()
    {
        foreach (var held in Secrets.Held)
        {
            Audit.Record(AuditKind.SecretDestroyed, $"epoch {held.Epoch} hash {held.Hash}: {DestroyReason.Shutdown}");
        }

        Secrets.Dispose();
        Nonces.Dispose();
        Random.Dispose();
    }

    private static UInt128 NextIncarnation(NodeRandom random)
    {
        Span<byte> bytes = stackalloc byte[16];
        UInt128 drawn;
        do
        {
            random.Fill(bytes);
            drawn = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }
        while (drawn == 0);

        return drawn;
    }
}
