using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>What proven operators and peers see in <c>/status</c>. Public facts and figures; never secret.</summary>
/// <param name="Detail">Free text behind the readiness reason; empty when ready.</param>
/// <param name="SignatureBackend">Which secp256k1 implementation runs.</param>
internal sealed record DetailedStatus(
    string Detail,
    BlockRef? Latest,
    BlockRef? Final,
    IReadOnlyList<EpochStatus> Epochs,
    IReadOnlyList<PeerStatus> Peers,
    StoreStatus Store,
    string SignatureBackend);
