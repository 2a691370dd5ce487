using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>One thing to do about a secret. <see cref="SecretDecisions.Decide"/> says which.</summary>
internal abstract record SecretDecision
{
    private SecretDecision()
    {
    }

    /// <summary>Draw a new secret as candidate of the epoch.</summary>
    internal sealed record Generate(Epoch Epoch) : SecretDecision;

    internal sealed record Propose(Epoch Epoch, Bytes32 Hash) : SecretDecision;

    internal sealed record Confirm(ulong ProposalId, Epoch Epoch, Bytes32 Hash) : SecretDecision;

    /// <summary>Ask the peers, in this order, until one hands over a secret with this hash.</summary>
    /// <param name="IsNext">The epoch is proposed, not active yet: a rotation waits for it.</param>
    internal sealed record Fetch(Epoch Epoch, Bytes32 Hash, bool IsNext, IReadOnlyList<VerifiedPeer> From) : SecretDecision;

    /// <summary>Its hash is active at both views: from now on it may be used.</summary>
    internal sealed record Activate(Epoch Epoch, Bytes32 Hash) : SecretDecision;

    internal sealed record Quarantine(Epoch Epoch, Bytes32 Hash, QuarantineReason Reason) : SecretDecision;

    /// <summary>Out of quarantine: to Active when both views show it active, to Candidate when it can be proposed or confirmed (again).</summary>
    internal sealed record Restore(Epoch Epoch, Bytes32 Hash, SecretState To) : SecretDecision;

    internal sealed record Destroy(Epoch Epoch, Bytes32 Hash, DestroyReason Reason) : SecretDecision;

    internal sealed record Wait(WaitReason Reason) : SecretDecision;
}
