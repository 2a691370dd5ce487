using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>Carries one sync message to a peer and its answer back, sealed and proven. Implemented by Node's peer client.</summary>
internal interface IPeerChannel
{
    /// <summary>CBOR in, CBOR out (already opened and authenticated); a failure says nothing about whether the peer acted.</summary>
    Task<PeerExchange> ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel);
}

/// <summary>Outcome of an exchange with a peer.</summary>
/// <param name="Answer">Null on failure.</param>
/// <param name="Failure">Null on success; for operators.</param>
internal sealed record PeerExchange(ReadOnlyMemory<byte>? Answer, string? Failure)
{
    /// <summary>The peer itself says that it does not hold the epoch: another one that both hold may serve.</summary>
    public bool LacksEpoch { get; init; }
}
