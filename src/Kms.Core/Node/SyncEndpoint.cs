using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>Answers <c>POST /sync</c>: a sealed replication message, or a handover (design §6, §8).</summary>
internal sealed class SyncEndpoint(WalletAddress self, SecretRing secrets, NodeRandom random, Replicator replicator, HandoverServer handovers) : ISyncEndpoint
{
    public async Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandleAsync(VerifiedPeer peer, Bytes32 channelBinding, ReadOnlyMemory<byte> body, CancellationToken cancel) =>
        ChannelCipher.TryReadEpoch(body, out var epoch)
            ? Replicate(peer, epoch, channelBinding, body)
            : await HandOverAsync(peer, body, cancel);

    private Result<ReadOnlyMemory<byte>, ApiRefusal> Replicate(VerifiedPeer peer, Epoch epoch, Bytes32 binding, ReadOnlyMemory<byte> body)
    {
        Span<byte> key = stackalloc byte[ChannelCipher.KeyBytes];
        Span<byte> nonce = stackalloc byte[ChannelCipher.NonceBytes];
        byte[] message = [];
        try
        {
            if (!secrets.TryDeriveChannelKey(epoch, peer.Wallet, self, key))
            {
                return Refused(new ApiRefusal(ApiError.EpochUnavailable, "the epoch's secret is not usable here"));
            }

            if (!ChannelCipher.TryOpen(key, epoch, binding, ChannelDirection.Request, body, out message))
            {
                return Refused(new ApiRefusal(ApiError.BadSyncMessage, "the message is not sealed for this exchange"));
            }

            var answer = replicator.HandleMessage(peer, message);
            random.Fill(nonce);
            return Result<ReadOnlyMemory<byte>, ApiRefusal>.Ok(
                ChannelCipher.Seal(key, epoch, binding, ChannelDirection.Answer, nonce, answer.Span));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private async Task<Result<ReadOnlyMemory<byte>, ApiRefusal>> HandOverAsync(VerifiedPeer peer, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var handover = await handovers.HandleAsync(peer.Wallet, body, cancel);
        return handover.TryGet(out byte[]? answer)
            ? Result<ReadOnlyMemory<byte>, ApiRefusal>.Ok(answer)
            : Refused(Refusals.Of(handover.Failure!.Value));
    }

    private static Result<ReadOnlyMemory<byte>, ApiRefusal> Refused(ApiRefusal why) => Result<ReadOnlyMemory<byte>, ApiRefusal>.Fail(why);
}
