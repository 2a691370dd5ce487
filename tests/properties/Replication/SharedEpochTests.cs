using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Properties.Fakes;

namespace Kms.Properties.Replication;

/// <summary>Members that do not hold the same epochs talk under one that both hold.</summary>
public sealed class SharedEpochTests : IPeerChannel
{
    private readonly ManualClock _clock = new();
    private readonly List<Epoch> _tried = [];
    private Epoch? _theirs;

    [Fact]
    public async Task An_epoch_that_the_peer_says_it_lacks_makes_room_for_the_next_within_a_limit()
    {
        Epoch[] epochs = [.. Enumerable.Range(0, Limits.MaxEpochsTried + 2).Select(i => Epoch.From((ulong)(9 - i)))];
        var exchange = new Exchange(this, _clock);

        _theirs = epochs[2];
        var (answer, failure, epoch) = await exchange.AskAsync(TestPeer.Of(2), epochs, new SyncMessage.Refused(SyncRefusal.Malformed), default);
        (answer, failure, epoch).ShouldBe((new SyncMessage.Refused(SyncRefusal.TooManyPeers), null, epochs[2]));
        _tried.ShouldBe(epochs[..3]);

        _tried.Clear();
        _theirs = null;
        (answer, failure, _) = await exchange.AskAsync(TestPeer.Of(2), epochs, new SyncMessage.Refused(SyncRefusal.Malformed), default);
        answer.ShouldBeNull();
        failure.ShouldBe("lacks it");
        _tried.ShouldBe(epochs[..Limits.MaxEpochsTried]);
    }

    Task<PeerExchange> IPeerChannel.ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        _tried.Add(epoch);
        return Task.FromResult(epoch == _theirs
            ? new PeerExchange(SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.TooManyPeers)), null)
            : new PeerExchange(null, "lacks it") { LacksEpoch = true });
    }
}
