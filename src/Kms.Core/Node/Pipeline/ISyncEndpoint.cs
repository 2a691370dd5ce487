using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>What answers <c>POST /sync</c> once the proof is verified and its nonce consumed (design §8).</summary>
internal interface ISyncEndpoint
{
    /// <param name="peer">The proven sender, a member at both views.</param>
    /// <param name="proofBinding"><see cref="Authentication.ProofMessages.Binding"/> of the sender's v2 proof message: part of the associated data of the sealed body and answer.</param>
    /// <param name="body">The body bytes as sent, hostile until opened.</param>
    /// <returns>The answer's CBOR, sealed already; the pipeline signs it.</returns>
    Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandleAsync(VerifiedPeer peer, Bytes32 proofBinding, ReadOnlyMemory<byte> body, CancellationToken cancel);
}
