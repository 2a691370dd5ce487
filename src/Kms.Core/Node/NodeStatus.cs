using Kms.Core.Membership;
using Kms.Core.Node.Pipeline;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>What <c>/status</c> and <c>/nodes</c> show: read from what the loop left, no I/O.</summary>
internal sealed class NodeStatus(NodeParts parts, KmsNodeOptions options, ReadinessGate gate) : IStatusSource
{
    public bool IsOperator => Self is not null;

    public string NodeUrl => Self?.Instance.Url ?? options.NodeUrl;

    public IReadOnlyList<NodeSummary> Nodes =>
        parts.Membership.Known is { } view ? parts.Probes.Summarise(view, gate.Current.Shortfall is null) : [];

    public DetailedStatus Details
    {
        get
        {
            var view = parts.Membership.Known;
            var store = parts.Store.Figures();
            return new DetailedStatus(
                gate.Current.Shortfall?.Detail ?? string.Empty,
                view?.Latest,
                view?.Final,
                view is null ? [] : Epochs(view),
                view is null ? [] : Peers(view),
                new StoreStatus(store.LiveRecords, store.Tombstones, store.Bytes, store.ConcurrentLosers, parts.Store.Digest(), store.OldestEpoch),
                view?.AtLatest.Kms.ProposalBlocks,
                SecretDecisions.LeastProposalBlocks(options.FinalityDepthBlocks),
                parts.Replicator.IsCaughtUp,
                parts.Transactor.Unfunded,
                parts.Errors.Counts);
        }
    }

    private VerifiedPeer? Self =>
        parts.Membership.Known is { } view ? PeerAuthorizer.Authorize(view, parts.Identity.Wallet).Peer : null;

    private List<EpochStatus> Epochs(ChainView view)
    {
        var held = parts.Secrets.Held;
        return [.. view.AtLatest.Kms.Epochs.Select(record => new EpochStatus(
            record.Epoch,
            record.Hash,
            record.Retired ? "retired"
                : held.FirstOrDefault(one => one.Epoch == record.Epoch && one.Hash == record.Hash) is not { } secret ? "missing"
                : secret.State switch
                {
                    SecretState.Active => "active",
                    SecretState.Quarantined => "quarantined",
                    _ => "missing",
                }))];
    }

    private List<PeerStatus> Peers(ChainView view)
    {
        var lags = parts.Replicator.Figures().Peers.ToDictionary(lag => lag.Wallet);
        return [.. PeerAuthorizer.Members(view)
            .Where(peer => peer.Wallet != parts.Identity.Wallet)
            .Select(peer => lags.TryGetValue(peer.Wallet, out var lag)
                ? new PeerStatus(
                    peer.Wallet, peer.Instance.Url, lag.SinceContactMs is not null && lag.LastFailure is null, lag.SinceContactMs,
                    (long)Math.Min(lag.Sequences, long.MaxValue) + lag.SetAside)
                : new PeerStatus(peer.Wallet, peer.Instance.Url, false, null, 0))];
    }
}
