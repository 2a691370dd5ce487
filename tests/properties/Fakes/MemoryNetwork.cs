using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Replication;

namespace Kms.Properties.Fakes;

/// <summary>What the network does with one message.</summary>
internal enum Fate
{
    Deliver,
    LoseRequest,
    LoseAnswer,
    Duplicate,

    /// <summary>Lost now, delivered once more after a later message: its answer goes nowhere.</summary>
    Delay,
    Hang,
}

/// <summary>Carries messages between test nodes at once, in one thread, and does to them what a test says.</summary>
internal sealed class MemoryNetwork
{
    private readonly Dictionary<WalletAddress, TestNode> _nodes = [];
    private readonly List<(TestNode From, WalletAddress To, ReadOnlyMemory<byte> Message)> _delayed = [];

    /// <summary>Decides by sender and receiver number.</summary>
    public Func<int, int, Fate> Fate { get; set; } = (_, _) => Fakes.Fate.Deliver;

    /// <summary>Changes an answer on its way, as a lying peer would.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>? Tamper { get; set; }

    public long Messages { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Kinds of requests delivered, in order.</summary>
    public List<SyncMessage> Seen { get; } = [];

    public void Join(TestNode node) => _nodes[node.Peer.Wallet] = node;

    public void Leave(TestNode node) => _nodes.Remove(node.Peer.Wallet);

    public void ResetCounters()
    {
        Messages = 0;
        Bytes = 0;
        Seen.Clear();
    }

    public IPeerChannel ChannelOf(TestNode node) => new Channel(this, node);

    public void DeliverDelayed()
    {
        var delayed = _delayed.ToArray();
        _delayed.Clear();
        foreach (var (from, to, message) in delayed)
        {
            Hand(from, to, message);
        }
    }

    private ReadOnlyMemory<byte>? Hand(TestNode from, WalletAddress to, ReadOnlyMemory<byte> message)
    {
        if (!_nodes.TryGetValue(to, out var target))
        {
            return null;
        }

        SyncCodec.TryDecode(message, out var decoded).ShouldBeTrue();
        Seen.Add(decoded!);
        Messages++;
        var answer = target.Replicator.HandleMessage(from.Peer, message);
        Bytes += message.Length + answer.Length;
        SyncCodec.TryDecode(answer, out _).ShouldBeTrue();
        return Tamper is null ? answer : Tamper(answer);
    }

    private async Task<PeerExchange> ExchangeAsync(TestNode from, VerifiedPeer to, ReadOnlyMemory<byte> message)
    {
        int target = _nodes.TryGetValue(to.Wallet, out var node) ? node.Number : 0;
        var fate = Fate(from.Number, target);
        if (fate == Fakes.Fate.Hang)
        {
            await new TaskCompletionSource().Task;
        }

        if (fate == Fakes.Fate.Delay)
        {
            _delayed.Add((from, to.Wallet, message.ToArray()));
        }

        if (fate is Fakes.Fate.LoseRequest or Fakes.Fate.Delay)
        {
            return new PeerExchange(null, "lost");
        }

        _ = fate == Fakes.Fate.Duplicate ? Hand(from, to.Wallet, message) : null;
        var answer = Hand(from, to.Wallet, message);
        return answer is null || fate == Fakes.Fate.LoseAnswer ? new PeerExchange(null, "lost") : new PeerExchange(answer, null);
    }

    private sealed class Channel(MemoryNetwork network, TestNode node) : IPeerChannel
    {
        public Task<PeerExchange> ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel) =>
            network.ExchangeAsync(node, peer, message);
    }
}
