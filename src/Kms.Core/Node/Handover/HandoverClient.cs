using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node.Peers;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Handover;

/// <summary>Fetches a secret from peers, one after the other, until one hands over what the chain names (design §6.3).</summary>
internal sealed class HandoverClient(
    ChainIdentity chain,
    OdynIdentity identity,
    BoundedOdyn odyn,
    NodeRandom random,
    SecretRing secrets,
    PeerClient peers,
    HandoverPolicy policy,
    AuditLog audit)
{
    /// <summary>Asks each peer once, in order; failing and lying ones are skipped. True when the secret is in the ring.</summary>
    public async Task<bool> FetchAsync(Epoch epoch, Bytes32 hash, IReadOnlyList<VerifiedPeer> from, CancellationToken cancel)
    {
        foreach (var peer in from)
        {
            var refusal = await FetchAsync(epoch, hash, peer, cancel);
            if (refusal is null)
            {
                audit.Record("secret_received", $"epoch {epoch} hash {hash} from {peer.Wallet}");
                return true;
            }

            audit.Record("secret_not_received", $"epoch {epoch} from {peer.Wallet}: {refusal}");
        }

        return false;
    }

    private async Task<HandoverRefusal?> FetchAsync(Epoch epoch, Bytes32 hash, VerifiedPeer peer, CancellationToken cancel)
    {
        var (challengeText, _) = await peers.GetNonceAsync(peer, cancel);
        if (challengeText is null)
        {
            return HandoverRefusal.PeerFailed;
        }

        byte[] challenge = Convert.FromBase64String(challengeText);
        var terms = new HandoverTerms(chain, epoch, hash, identity.Wallet, peer.Wallet);
        using var ephemeral = random.NextTeeKey();
        var attested = await odyn.AttestAsync(
            new AttestationRequest(challenge, ephemeral.PublicKey, terms.UserData(HandoverRole.Receiver)), cancel);
        if (!attested.TryGet(out var own))
        {
            return HandoverRefusal.OdynUnavailable;
        }

        var nonce = new byte[Limits.HandoverNonceBytes];
        random.Fill(nonce);
        byte[] body = new HandoverRequest(epoch, hash, nonce, challenge, own).Encode();
        var reply = await peers.PostAsync(peer, _ => body, cancel);
        if (!reply.IsOk)
        {
            return HandoverRefusal.PeerFailed;
        }

        return HandoverAnswer.TryParse(reply.Body, out var answer)
            ? Install(terms, peer, ephemeral, nonce, body, answer)
            : HandoverRefusal.Malformed;
    }

    private HandoverRefusal? Install(
        HandoverTerms terms, VerifiedPeer peer, TeePrivateKey ephemeral, byte[] nonce, byte[] body, HandoverAnswer answer)
    {
        if (!policy.TryAccept(answer.Attestation, nonce, terms, HandoverRole.Sender, peer, out var theirKey, out var refusal))
        {
            return refusal;
        }

        if (theirKey.Equals(ephemeral.PublicKey))
        {
            return HandoverRefusal.WrongKey;
        }

        byte[] transcript = HandoverTranscript.Of(body, answer.Attestation.Span);
        if (!HandoverSeal.TryOpen(answer.Sealed.Span, ephemeral, theirKey, transcript, out var secret))
        {
            return HandoverRefusal.NotAuthentic;
        }

        // The ring compares the hash before it takes anything in, and disposes of what it does not take.
        return secrets.TryInstall(terms.Epoch, terms.Hash, secret!) ? null : HandoverRefusal.WrongSecret;
    }
}
