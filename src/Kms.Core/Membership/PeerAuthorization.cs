using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Membership;

/// <summary>A verified peer, or why there is none.</summary>
internal sealed record PeerAuthorization(VerifiedPeer? Peer, PeerRefusal? Refusal)
{
    public bool TryGet([NotNullWhen(true)] out VerifiedPeer? peer)
    {
        peer = Peer;
        return peer is not null;
    }

    public static PeerAuthorization Refused(PeerRefusal refusal) => new(null, refusal);

    public static PeerAuthorization Verified(VerifiedPeer peer) => new(peer, null);
}
