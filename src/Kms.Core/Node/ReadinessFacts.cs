using Kms.Core.Membership;
using Kms.Core.Node.Chain;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>Everything that readiness follows from, at one moment.</summary>
/// <param name="View">The newest view; null while none is known.</param>
/// <param name="Staleness">Which head of the view is too old; null when neither is.</param>
/// <param name="OwnMeasurement">What this enclave's own newest attestation says.</param>
/// <param name="IsCaughtUp">Whether what the peers hold was pulled, or there was nobody to pull from.</param>
/// <param name="AcceptsWrites">False while isolated from the peers, and until the return from that is over.</param>
internal sealed record ReadinessFacts(
    bool IsStopping,
    OdynHealth Odyn,
    bool IsDeepReorg,
    ChainView? View,
    HeadStaleness? Staleness,
    WalletAddress Self,
    Bytes32? OwnMeasurement,
    ulong FinalityDepthBlocks,
    IReadOnlyList<HeldSecret> Held,
    UnfundedNotice? Unfunded,
    bool IsStoreFull,
    bool IsCaughtUp,
    bool AcceptsWrites);
