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
    public async Task<(SyncMessage? Answer, string? Failure)> AskAsync(VerifiedPeer peer, Epoch epoch, SyncMessage message, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<PeerExchange> exchange = _channel.ExchangeAsync(peer, epoch, SyncCodec.Encode(message), limited.Token);
        Task timeout = _clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.PeerTimeoutMs), limited.Token);
        Task[] both = [exchange, timeout];
        await Task.WhenAny(both);
        if (!exchange.IsCompleted || exchange.IsCanceled)
        {
            limited.Cancel();
            return (null, "no answer in time");
        }

        limited.Cancel();
        var result = await exchange;
        if (result.Answer is not { } bytes)
        {
            return (null, result.Failure ?? "no answer");
        }

        return SyncCodec.TryDecode(bytes, out var answer) ? (answer, null) : (null, "malformed answer");
    }
}
