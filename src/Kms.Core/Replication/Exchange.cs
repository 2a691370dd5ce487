using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>Asks one peer one thing, within <see cref="Limits.PeerTimeoutMs"/>.</summary>
internal sealed class Exchange
{
    private readonly IPeerChannel _channel;
    private readonly IClock _clock;

    public Exchange(IPeerChannel channel, IClock clock)
    {
        _channel = channel;
        _clock = clock;
    }

    /// <summary>The answer, or why there is none. A peer that never answers costs the time limit and nobody else's time.</summary>
    /// <param name="epochs">Tried in this order while the peer says that it does not hold one: any shared epoch serves.</param>
    /// <returns>With the epoch that was tried last.</returns>
    public async Task<(SyncMessage? Answer, string? Failure, Epoch Epoch)> AskAsync(
        VerifiedPeer peer, IReadOnlyList<Epoch> epochs, SyncMessage message, CancellationToken cancel)
    {
        Invariant.Require(epochs.Count > 0);
        byte[] bytes = SyncCodec.Encode(message);
        (SyncMessage? Answer, string? Failure, Epoch Epoch) outcome = default;
        for (int i = 0; i < Math.Min(epochs.Count, Limits.MaxEpochsTried); i++)
        {
            outcome.Epoch = epochs[i];
            (outcome.Answer, outcome.Failure, bool lacksEpoch) = await AskAsync(peer, epochs[i], bytes, cancel);
            if (!lacksEpoch)
            {
                break;
            }
        }

        return outcome;
    }

    private async Task<(SyncMessage? Answer, string? Failure, bool LacksEpoch)> AskAsync(
        VerifiedPeer peer, Epoch epoch, byte[] message, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<PeerExchange> exchange = _channel.ExchangeAsync(peer, epoch, message, limited.Token);
        Task timeout = _clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.PeerTimeoutMs), limited.Token);
        Task[] both = [exchange, timeout];
        await Task.WhenAny(both);
        if (!exchange.IsCompleted || exchange.IsCanceled)
        {
            limited.Cancel();
            return (null, "no answer in time", false);
        }

        limited.Cancel();
        var result = await exchange;
        if (result.Answer is not { } answered)
        {
            return (null, result.Failure ?? "no answer", result.LacksEpoch);
        }

        return SyncCodec.TryDecode(answered, out var answer) ? (answer, null, false) : (null, "malformed answer", false);
    }
}
