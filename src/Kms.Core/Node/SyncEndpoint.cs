using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>Answers <c>POST /sync</c>: a sealed replication message, or a handover (design §6, §8).</summary>
internal sealed class SyncEndpoint(WalletAddress self, SecretRing secrets, NodeRandom random, Replicator replicator, HandoverServer handovers) : ISyncEndpoint
{
    public async Task<SyncAnswer> HandleAsync(VerifiedPeer peer, Bytes32 proofBinding, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        ChannelCipher.TryReadEpoch(body, out var epoch)
            ? Replicate(peer, epoch, proofBinding, body)
            : await HandOverAsync(peer, body, cancel);

    private SyncAnswer Replicate(VerifiedPeer peer, Epoch epoch, Bytes32 binding, ReadOnlyMemory<byte> body)
    {
        Span<byte> key = stackalloc byte[ChannelCipher.KeyBytes];
        Span<byte> nonce = stackalloc byte[ChannelCipher.NonceBytes];
        byte[] message = [];
        try
        {
            if (!secrets.TryDeriveChannelKey(epoch, peer.Wallet, self, key))
            {
                return new SyncAnswer.Refused(ApiError.EpochUnavailable, "the epoch's secret is not usable here");
            }

            if (!ChannelCipher.TryOpen(key, epoch, binding, ChannelDirection.Request, body, out message))
            {
                return new SyncAnswer.Refused(ApiError.BadSyncMessage, "the message is not sealed for this exchange");
            }

            var answer = replicator.HandleMessage(peer, message);
            random.Fill(nonce);
            return new SyncAnswer.Ok(ChannelCipher.Seal(key, epoch, binding, ChannelDirection.Answer, nonce, answer.Span));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async Task<SyncAnswer> HandOverAsync(VerifiedPeer peer, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var (answer, refusal) = await handovers.HandleAsync(peer.Wallet, body, cancel);
        if (answer is not null)
        {
            return new SyncAnswer.Ok(answer);
        }

        Invariant.Require(refusal is not null);
        return refusal switch
        {
            HandoverRefusal.Malformed => new SyncAnswer.Refused(ApiError.BadSyncMessage, "neither a sealed message nor a handover"),
            HandoverRefusal.TooMany => new SyncAnswer.Refused(ApiError.TooManyHandovers, "this instance got this epoch's secret often enough"),
            HandoverRefusal.NotHeld => new SyncAnswer.Refused(ApiError.EpochUnavailable, "the epoch's secret cannot be handed over here and now"),
            HandoverRefusal.NotNow => new SyncAnswer.Refused(ApiError.NotReady, "this node cannot judge now", NotReadyReason.ChainUnavailable),
            HandoverRefusal.OdynUnavailable => new SyncAnswer.Refused(ApiError.NotReady, "no attestation now", NotReadyReason.OdynUnavailable),
            _ => new SyncAnswer.Refused(ApiError.HandoverRefused, $"handover refused: {refusal}"),
        };
    }
}
