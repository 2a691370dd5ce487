using Kms.Core.Membership;
using Kms.Core.Node.Api;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>What <c>/status</c> and <c>/nodes</c> show: read from what the loop left, no I/O.</summary>
internal sealed class StatusSource(
    WalletAddress self,
    KmsNodeOptions options,
    ReadinessGate gate,
    MembershipWatch membership,
    NodeProbes probes,
    SecretRing secrets,
    RecordStore store,
    Replicator replicator,
    Transactor transactor,
    InternalErrors errors) : IStatusSource
{
    public bool IsOperator => Self is not null;

    public string NodeUrl => Self?.Instance.Url ?? options.NodeUrl;

    public IReadOnlyList<NodeSummary> Nodes =>
        membership.Known is { } view ? probes.Summarise(view, gate.Current.KeysRefused is null) : [];

    public DetailedStatus Details
    {
        get
        {
            var view = membership.Known;
            var figures = store.Stats();
            return new DetailedStatus(
                gate.Current.KeysRefused?.Detail ?? string.Empty,
                view?.Latest,
                view?.Final,
                view is null ? [] : Epochs(view),
                view is null ? [] : Peers(view),
                new StoreStatus(
                    figures.LiveRecords, figures.Tombstones, figures.Bytes, figures.Conflicts, store.Digest(), figures.OldestEpoch),
                view?.AtLatest.Kms.ProposalBlocks,
                SecretDecisions.LeastProposalBlocks(options.FinalityDepthBlocks),
                replicator.IsCaughtUp,
                transactor.Unfunded,
                errors.Counts);
        }
    }

    private VerifiedPeer? Self =>
        membership.Known is { } view ? PeerAuthorizer.Authorize(view, self).GetValueOrDefault() : null;

    private List<EpochStatus> Epochs(ChainView view)
    {
        var held = secrets.Held;
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
        var lags = replicator.Stats().Peers.ToDictionary(lag => lag.Wallet);
        return [.. PeerAuthorizer.Members(view)
            .Where(peer => peer.Wallet != self)
            .Select(peer => lags.TryGetValue(peer.Wallet, out var lag)
                ? new PeerStatus(
                    peer.Wallet, peer.Instance.Url, lag.SinceContactMs is not null && lag.LastFailure is null, lag.SinceContactMs,
                    (long)Math.Min(lag.Sequences, long.MaxValue) + lag.RetryQueue)
                : new PeerStatus(peer.Wallet, peer.Instance.Url, false, null, 0))];
    }
}
