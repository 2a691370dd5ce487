using Kms.Core.Membership;
using Kms.Core.Network;
using Kms.Core.Node.Api;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Peers;

/// <summary>
/// Which members answer, as last probed by the node's own loop: <c>/nodes</c> reads this and never dials (finding M4); every
/// dial goes through the address policy (M8); probes run side by side, a bounded number at once (L8).
/// </summary>
internal sealed class NodeProbes(PeerDialer dialer, IClock clock, InternalErrors errors, WalletAddress self)
{
    private readonly object _gate = new();
    private readonly Dictionary<WalletAddress, (bool Answered, bool Ready, TimeSpan At)> _probed = [];

    /// <summary>Probes the members whose last probe is older than <see cref="Limits.ProbeIntervalMs"/>, at most <see cref="Limits.MaxProbesAtOnce"/> of them.</summary>
    public async Task RunAsync(IReadOnlyList<VerifiedPeer> members, CancellationToken cancel)
    {
        VerifiedPeer[] due;
        lock (_gate)
        {
            var wallets = members.Select(peer => peer.Wallet).ToHashSet();
            foreach (var gone in _probed.Keys.Where(wallet => !wallets.Contains(wallet)).ToArray())
            {
                _probed.Remove(gone);
            }

            due = [.. members
                .Where(peer => peer.Wallet != self && SinceMs(peer.Wallet) is not < Limits.ProbeIntervalMs)
                .OrderByDescending(peer => SinceMs(peer.Wallet) ?? long.MaxValue)
                .ThenBy(peer => peer.Wallet)
                .Take(Limits.MaxProbesAtOnce)];
        }

        await Task.WhenAll(due.Select(peer => GuardedAsync(peer, cancel)).ToArray());
    }

    /// <summary>All members at the view, this node included, with what is known of them.</summary>
    public IReadOnlyList<NodeSummary> Summarise(ChainView view, bool selfReady)
    {
        var members = PeerAuthorizer.Members(view);
        lock (_gate)
        {
            return [.. members.Select(peer => new NodeSummary(
                peer.Wallet,
                peer.Instance.TeePublicKey,
                PeerUrl.TryParse(peer.Instance.Url, out _) ? peer.Instance.Url : string.Empty,
                IsOperator: true,
                peer.Wallet == self ? selfReady : _probed.TryGetValue(peer.Wallet, out var probe) && probe.Ready,
                peer.Wallet == self ? 0 : SinceMs(peer.Wallet)))];
        }
    }

    /// <summary>What to hope for from a peer: 0 it answered when last probed, 1 it was never probed, 2 it did not answer.</summary>
    public int HopeOf(VerifiedPeer peer)
    {
        lock (_gate)
        {
            return !_probed.TryGetValue(peer.Wallet, out var probe) ? 1 : probe.Answered ? 0 : 2;
        }
    }

    private async Task GuardedAsync(VerifiedPeer peer, CancellationToken cancel)
    {
        if (!await errors.GuardAsync(WorkUnit.Probe, () => ProbeAsync(peer, cancel), cancel))
        {
            lock (_gate)
            {
                _probed[peer.Wallet] = (false, false, clock.Elapsed);
            }
        }
    }

    private async Task ProbeAsync(VerifiedPeer peer, CancellationToken cancel)
    {
        var request = new PeerRequest(
            "GET", "/status", [], ReadOnlyMemory<byte>.Empty, Limits.MaxStatusAnswerBytes, TimeSpan.FromMilliseconds(Limits.PeerTimeoutMs));
        var (response, _) = await dialer.SendAsync(peer.Instance.Url, request, cancel);
        bool ready = response is { Status: 200 } && PeerJson.SaysReady(response.Body);
        lock (_gate)
        {
            _probed[peer.Wallet] = (response is not null, ready, clock.Elapsed);
        }
    }

    private long? SinceMs(WalletAddress wallet) =>
        _probed.TryGetValue(wallet, out var probe) ? (long)(clock.Elapsed - probe.At).TotalMilliseconds : null;
}
