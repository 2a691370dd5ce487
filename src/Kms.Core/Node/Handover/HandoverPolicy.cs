using Kms.Core.Attestation;
using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>
/// What the other side's attestation document must be, beyond a wallet that is a member at both views (design §6): of a chain to the
/// pinned root, with a nonce over our challenge and exactly these terms, a key made for this handover, and of an enclave that has
/// that wallet and runs the code that the chain names for it.
/// </summary>
/// <remarks>
/// The supervisor's public port attests anyone's nonce and user data, but only with the enclave's long-lived key: a key that is
/// registered nowhere is what shows that the code inside asked. <c>user_data</c> is read for the wallet alone.
/// </remarks>
internal sealed class HandoverPolicy(AttestationVerifier verifier, TrustedTime time, MembershipWatch membership)
{
    /// <param name="challenge">What this side drew for that document.</param>
    /// <param name="peer">The attesting side; its measurement is approved at both views, or it were no <see cref="VerifiedPeer"/>.</param>
    /// <param name="role">The role of the attesting side.</param>
    /// <returns>The attested ephemeral key, which the secret is sealed with.</returns>
    public Result<TeePublicKey, HandoverRefusal> Accept(
        ReadOnlyMemory<byte> attestation, ReadOnlySpan<byte> challenge, HandoverTerms terms, HandoverRole role, VerifiedPeer peer)
    {
        Invariant.Require(peer.Wallet == (role == HandoverRole.Receiver ? terms.Receiver : terms.Sender));
        if (!time.IsSet || membership.Usable is not { } view)
        {
            return Refused(HandoverRefusal.NotNow);
        }

        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.NowMs);
        if (!verifier.Verify(attestation, now, terms.Nonce(role, challenge)).TryGet(out var verified))
        {
            return Refused(HandoverRefusal.AttestationRefused);
        }

        var document = verified.Document;
        if (!AttestedWallet.TryRead(document.UserData, out var attested) || attested != peer.Wallet)
        {
            return Refused(HandoverRefusal.WrongWallet);
        }

        if (document.PublicKey is not { } key || view.IsRegistered(key))
        {
            return Refused(HandoverRefusal.WrongKey);
        }

        if (document.IsDebugMode || document.CodeMeasurement != peer.Version.CodeMeasurement)
        {
            return Refused(HandoverRefusal.WrongMeasurement);
        }

        return Result<TeePublicKey, HandoverRefusal>.Ok(key);
    }

    private static Result<TeePublicKey, HandoverRefusal> Refused(HandoverRefusal why) => Result<TeePublicKey, HandoverRefusal>.Fail(why);
}

/// <summary>Why a handover did not happen.</summary>
internal enum HandoverRefusal
{
    Malformed,

    /// <summary>This node cannot judge now: chain stale, no trusted time, Odyn unwell.</summary>
    NotNow,

    /// <summary>The receiver is no member at both views.</summary>
    NotAMember,

    /// <summary>A member, but not ENROLLED: it never receives.</summary>
    NotEligible,

    /// <summary>The challenge is not a fresh, unused nonce of the sender.</summary>
    StaleChallenge,

    /// <summary>This node does not hold the epoch's secret, or may not hand it over at this view.</summary>
    NotHeld,
    TooMany,

    /// <summary>The document is malformed, forged, of another root, outside validity, of a debug enclave, or for another challenge or other terms.</summary>
    AttestationRefused,

    /// <summary>The document's user data does not name the peer's wallet, once and at its top.</summary>
    WrongWallet,

    /// <summary>No key, a key that is registered for any operator, or our own.</summary>
    WrongKey,

    /// <summary>The enclave runs other code than the chain says.</summary>
    WrongMeasurement,

    /// <summary>Odyn gave no document or no randomness.</summary>
    OdynUnavailable,

    /// <summary>The peer gave no usable answer.</summary>
    PeerFailed,

    /// <summary>The peer said, signed, that it hands nothing over now: it may not have seen the block that we saw.</summary>
    PeerRefused,

    /// <summary>The sealed secret does not open.</summary>
    NotAuthentic,

    /// <summary>What opened is not the secret that the chain names.</summary>
    WrongSecret,
}
