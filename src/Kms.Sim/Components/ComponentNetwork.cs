using Kms.Core.Audit;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Replication;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Sim.Components;

/// <summary>Replicators side by side with nothing between them but messages that may get lost or come twice.</summary>
internal sealed class ComponentNetwork
{
    private readonly Dictionary<WalletAddress, Replica> _replicas = [];
    private readonly ComponentRun _run;

    public ComponentNetwork(ComponentRun run) => _run = run;

    /// <summary>Share of messages, and of answers, that get lost; zero once all must converge.</summary>
    public double Loss { get; set; }

    public Replica Join(int number, RecordStore store)
    {
        var wallet = _run.NewWallet($"replica {number}");
        var instance = new InstanceRecord(InstanceId.From((ulong)number), AppId.From(1), VersionId.From(1), wallet, null, "https://node.example", ZkVerified: true, InstanceStatus.Active);
        var version = new VersionRecord(AppId.From(1), VersionId.From(1), VersionStatus.Enrolled, Bytes32.From(_run.Random.Bytes(Bytes32.Size)));
        var at = new RegistrySnapshot(
            new BlockRef(1, version.CodeMeasurement, 1),
            new KmsState(instance.App, null, [], null, false, false, 1, 100, [version.CodeMeasurement]),
            new AppRecord(instance.App, AppStatus.Active),
            [new OperatorRecord(wallet, instance, version)],
            [],
            new SelfRecord(false, 0));
        var peer = PeerAuthorizer.Authorize(new ChainView(at, at), wallet).GetValueOrDefault() ?? throw new InvalidOperationException("the registry of this component has the replica for a member");
        var replica = new Replica(peer, store, new Replicator(store, new Channel(this, peer), _run.Clock, new InternalErrors(new AuditLog(_run.Clock, null), _run.Clock)));
        _replicas.Add(wallet, replica);
        return replica;
    }

    private async Task<PeerExchange> ExchangeAsync(VerifiedPeer from, VerifiedPeer to, ReadOnlyMemory<byte> message)
    {
        var random = _run.Random;
        await Task.Yield();
        if (random.Chance(Loss))
        {
            _run.Sometimes("message lost");
            return new PeerExchange(null, "lost");
        }

        if (random.Chance(Loss))
        {
            _run.Sometimes("message doubled");
            _replicas[to.Wallet].Replicator.HandleMessage(from, message);
        }

        var answer = _replicas[to.Wallet].Replicator.HandleMessage(from, message);
        await Task.Yield();
        bool lost = random.Chance(Loss);
        _run.Sometimes(lost ? "answer lost" : "answered");
        return lost ? new PeerExchange(null, "lost") : new PeerExchange(answer, null);
    }

    internal sealed record Replica(VerifiedPeer Peer, RecordStore Store, Replicator Replicator)
    {
        /// <summary>What the node's loops do by themselves, in one go: join, or a round, and the house.</summary>
        public async Task RoundAsync(Replica other)
        {
            Replicator.Publish(new ReplicationMembers([other.Peer], [ComponentRing.One]));
            var links = Replicator.TakeMembersIn() ?? [];
            await Replicator.JoinAsync(() => { });
            await Task.WhenAll(links.Select(Replicator.FollowAsync).ToArray());
            Replicator.KeepHouse();
        }

        /// <summary>What a write makes the node's workers do at once.</summary>
        public Task PushAsync() => Task.WhenAll((Replicator.TakeMembersIn() ?? []).Select(Replicator.PushAsync).ToArray());
    }

    private sealed class Channel(ComponentNetwork network, VerifiedPeer self) : IPeerChannel
    {
        public Task<PeerExchange> ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel) =>
            network.ExchangeAsync(self, peer, message);
    }
}
