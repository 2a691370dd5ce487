using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>Carries one sync message to a peer and its answer back, sealed and proven. Implemented by Node's peer client.</summary>
internal interface IPeerChannel
{
    /// <summary>CBOR in, CBOR out (already opened and authenticated); a failure says nothing about whether the peer acted.</summary>
    Task<PeerExchange> ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel);
}
