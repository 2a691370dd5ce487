using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;

namespace Kms.Core.Node.Api;

/// <summary>
/// What requests are served with, from the moment the node knows who it is and has randomness; before that there is none
/// of it, and the pipeline answers 503 <c>starting</c>.
/// </summary>
internal sealed record NodeServices
{
    public required OdynIdentity Identity { get; init; }

    public required IOdyn Odyn { get; init; }

    public required Nonces Nonces { get; init; }

    public required AppAuthorizer Apps { get; init; }

    /// <summary>Whether a wallet is a member at both views, heads fresh enough: <c>PeerAuthorizer.AuthorizeAsync</c>.</summary>
    public required Func<WalletAddress, CancellationToken, Task<Result<VerifiedPeer, PeerRefusal>>> AuthorizePeer { get; init; }

    public required SecretRing Secrets { get; init; }

    public required RecordStore Store { get; init; }

    public required IWriteReplication Replication { get; init; }

    /// <summary>Called after every admitted write that nobody waits for, so that the node's loop pushes it soon. Must not block.</summary>
    public required Action NotifyWrite { get; init; }

    public required ISyncEndpoint Sync { get; init; }

    public required IStatusSource Status { get; init; }

    /// <summary>Trusted time in Unix milliseconds; null before the first own attestation document was verified.</summary>
    public required Func<long?> TrustedNowMs { get; init; }

    /// <summary>Records a security decision: kind in snake_case, detail of public facts.</summary>
    public required Action<AuditKind, string> Audit { get; init; }
}

/// <summary>What answers <c>POST /sync</c> once the proof is verified and its nonce consumed (design §8).</summary>
internal interface ISyncEndpoint
{
    /// <param name="peer">The proven sender, a member at both views.</param>
    /// <param name="channelBinding"><see cref="Authentication.ProofMessages.ChannelBinding"/> of the sender's v2 proof message: part of the associated data of the sealed body and answer.</param>
    /// <param name="body">The body bytes as sent, hostile until opened.</param>
    /// <returns>The answer's CBOR, sealed already; the pipeline signs it.</returns>
    Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandleAsync(VerifiedPeer peer, Bytes32 channelBinding, ReadOnlyMemory<byte> body, CancellationToken cancel);
}
