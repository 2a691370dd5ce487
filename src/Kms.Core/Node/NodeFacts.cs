using Kms.Core.Attestation;
using Kms.Core.Membership;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;

namespace Kms.Core.Node;

/// <summary>Gathers the facts from the parts that know them. No I/O.</summary>
internal sealed class NodeFacts(
    WalletAddress self,
    ulong finalityDepthBlocks,
    OdynWatch odyn,
    ChainWatch heads,
    TrustedTime time,
    SecretRing secrets,
    Transactor transactor,
    RecordStore store,
    Replicator replicator)
{
    public WalletAddress Self => self;

    public ulong FinalityDepthBlocks => finalityDepthBlocks;

    public bool IsOdynGood => odyn.Health == OdynHealth.Good;

    public bool IsCaughtUp => replicator.IsCaughtUp;

    public bool AcceptsWrites => replicator.AcceptsWrites;

    /// <summary>Trusted time in Unix milliseconds; null before the first own attestation document was verified.</summary>
    public long? NowMs => time.IsSet ? time.NowMs : null;

    public bool IsFresh(ChainView view) => StalenessOf(view) is null;

    public ReadinessFacts At(ChainView? view, bool isStopping, bool isDeepReorg) => new(
        isStopping,
        odyn.Health,
        isDeepReorg,
        view,
        view is null ? null : StalenessOf(view),
        self,
        odyn.Measurement,
        finalityDepthBlocks,
        secrets.Held,
        transactor.Unfunded,
        store.IsOverfull,
        replicator.IsCaughtUp,
        replicator.AcceptsWrites);

    private HeadStaleness? StalenessOf(ChainView view) => heads.StalenessOf(new ChainHeads(view.Final, view.Latest));
}
