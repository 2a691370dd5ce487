using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Network;
using Kms.Core.Node.Api;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>
/// Puts a running node together, once Odyn told who it is and gave randomness. Nobody receives it: each part gets in its
/// constructor what it uses.
/// </summary>
internal sealed class NodeParts : IDisposable
{
    private readonly AuditLog _audit;
    private readonly NodeRandom _random;

    /// <summary>Takes ownership of the generator.</summary>
    public NodeParts(
        KmsNodeOptions options, IChain chain, IOdyn odyn, IClock clock, ITransport transport, OdynIdentity identity, NodeRandom random,
        RandomnessCheck randomness, AuditLog audit, InternalErrors errors, ReadinessGate gate, CancellationToken stopping)
    {
        var self = identity.Wallet;
        var guard = new PortGuard(clock, errors);
        var bounded = new BoundedChain(chain, guard);
        var supervisor = new BoundedOdyn(odyn, guard);
        var verifier = new AttestationVerifier(options.AttestationRoot);
        var addresses = new AddressPolicy(transport, options.AddressExceptions, options.AttestationRoot.IsAws);

        _audit = audit;
        _random = random;
        Identity = identity;
        var time = new TrustedTime(clock);
        Odyn = new OdynWatch(identity, supervisor, random, randomness, verifier, time, clock, audit);
        var heads = new ChainWatch(bounded, clock, time, options.MaxFinalLagMs, stopping);
        Membership = new MembershipWatch(bounded, heads, self, stopping);
        var cache = new RegistryCache(bounded, heads, stopping);
        Secrets = new SecretRing(random);
        Nonces = new Nonces(clock, random);
        var transactor = new Transactor(bounded, supervisor, self, clock, time, audit);
        Store = new RecordStore(new StoreOptions(NextIncarnation(random), Secrets, () => time.NowMs));

        var dialer = new PeerDialer(transport, guard, addresses.PinAsync);
        var client = new PeerClient(dialer, supervisor, time, random, Secrets, self);
        var peers = new PeerAuthorizer(Membership);
        var policy = new HandoverPolicy(verifier, time, Membership);
        var probes = new NodeProbes(dialer, clock, errors, self);
        var limiter = new HandoverLimiter(clock);
        var handovers = new HandoverClient(chain.Identity, identity, supervisor, random, Secrets, client, policy, clock, errors, audit);
        HandoverServer = new HandoverServer(
            chain.Identity, identity, supervisor, random, Nonces, Secrets, peers, Membership, policy, limiter, audit,
            () => Odyn.Health == OdynHealth.Good);

        Replicator = new Replicator(Store, client, clock, errors);
        Replication = new ReplicationLoop(Replicator, clock, errors, options.TickMs);
        var facts = new NodeFacts(self, options.FinalityDepthBlocks, Odyn, heads, time, Secrets, transactor, Store, Replicator);
        Settlement = new Settlement(facts, gate, Membership, cache, Secrets, transactor, Replication, audit, errors);
        heads.OnDeepReorg = Settlement.StartOver;
        Tick = new NodeTick(
            Settlement,
            new ChainLook(heads, Membership, cache, self, Settlement),
            new OdynLook(Odyn, Membership, self, Settlement),
            new RegistryCalls(Settlement, transactor, Secrets, random, audit),
            new SecretFetches(Settlement, handovers, probes),
            probes,
            new Housekeeping(gate, Store, limiter),
            clock, errors, options.HeadPollMs, options.TickMs);
        Services = new NodeServices
        {
            Identity = identity,
            Odyn = supervisor,
            Nonces = Nonces,
            Apps = new AppAuthorizer(cache),
            AuthorizePeer = peers.AuthorizeAsync,
            Secrets = Secrets,
            Store = Store,
            Replication = Replicator,
            NotifyWrite = Replication.RequestPush,
            Sync = new SyncEndpoint(self, Secrets, random, Replicator, HandoverServer),
            Status = new StatusSource(self, options, gate, Membership, probes, Secrets, Store, Replicator, transactor, errors),
            TrustedNowMs = () => time.IsSet ? time.NowMs : null,
            Audit = audit.Record,
        };
    }

    public OdynIdentity Identity { get; }

    public OdynWatch Odyn { get; }

    public MembershipWatch Membership { get; }

    public SecretRing Secrets { get; }

    public Nonces Nonces { get; }

    public RecordStore Store { get; }

    public Replicator Replicator { get; }

    public ReplicationLoop Replication { get; }

    public HandoverServer HandoverServer { get; }

    public Settlement Settlement { get; }

    public NodeTick Tick { get; }

    public NodeServices Services { get; }

    /// <summary>Destroys every secret, the nonce key and the generator.</summary>
    public void Dispose()
    {
        foreach (var held in Secrets.Held)
        {
            _audit.Record(AuditKind.SecretDestroyed, $"epoch {held.Epoch} hash {held.Hash}: {DestroyReason.Shutdown}");
        }

        Secrets.Dispose();
        Nonces.Dispose();
        _random.Dispose();
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
