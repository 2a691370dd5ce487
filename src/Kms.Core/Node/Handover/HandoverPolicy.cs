using System.Diagnostics.CodeAnalysis;
using Kms.Core.Attestation;
using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handover;

/// <summary>
/// What the other side's attestation document must be, beyond a wallet that is a member at both views (design §6): fresh for our
/// nonce, of a chain to the pinned root, binding exactly these terms and a key made for this handover, running the code that the
/// chain names for that wallet.
/// </summary>
internal sealed class HandoverPolicy(AttestationVerifier verifier, TrustedTime time)
{
    /// <param name="peer">The attesting side; its measurement is approved at both views, or it were no <see cref="VerifiedPeer"/>.</param>
    /// <param name="role">The role of the attesting side.</param>
    /// <param name="ephemeral">The key that the secret is sealed with.</param>
    public bool TryAccept(
        ReadOnlyMemory<byte> attestation,
        ReadOnlySpan<byte> expectedNonce,
        HandoverTerms terms,
        HandoverRole role,
        VerifiedPeer peer,
        [NotNullWhen(true)] out TeePublicKey? ephemeral,
        out HandoverRefusal refusal)
    {
        ephemeral = null;
        Invariant.Require(peer.Wallet == (role == HandoverRole.Receiver ? terms.Receiver : terms.Sender));
        if (!time.IsSet)
        {
            refusal = HandoverRefusal.NotNow;
            return false;
        }

        refusal = HandoverRefusal.AttestationRefused;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.NowMs);
        if (!verifier.TryVerify(attestation, now, expectedNonce, out var verified, out _))
        {
            return false;
        }

        var document = verified.Document;
        refusal = HandoverRefusal.WrongUserData;
        if (!document.UserData.Span.SequenceEqual(terms.UserData(role)))
        {
            return false;
        }

        // Odyn's public port attests anyone's nonce with the enclave's long-lived key: such a document proves nothing here.
        refusal = HandoverRefusal.WrongKey;
        if (document.PublicKey is not { } key || key.Equals(peer.Instance.TeePublicKey))
        {
            return false;
        }

        refusal = HandoverRefusal.WrongMeasurement;
        if (document.IsDebugMode || document.CodeMeasurement != peer.Version.CodeMeasurement)
        {
            return false;
        }

        ephemeral = key;
        return true;
    }
}
