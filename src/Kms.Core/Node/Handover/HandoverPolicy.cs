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
