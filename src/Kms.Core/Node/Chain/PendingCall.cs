using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Chain;

/// <summary>One transaction, or one signed statement, of ours that the chain may still take.</summary>
internal sealed class PendingCall
{
    public required RegistryCall Call { get; init; }

    /// <summary>The secret that it is about; zero for one that is about none.</summary>
    public required Bytes32 SecretHash { get; init; }

    /// <summary>Zero for a proposal.</summary>
    public required ulong ProposalId { get; init; }

    /// <summary>Null for a signed statement that others relay.</summary>
    public UnsignedTransaction? Transaction { get; init; }

    public ReadOnlyMemory<byte> Signed { get; init; }

    public Bytes32 TransactionHash { get; init; }

    /// <summary>Unix seconds after which the registry refuses the statement; zero for a transaction.</summary>
    public long DeadlineSeconds { get; init; }

    /// <summary><see cref="IClock.Elapsed"/> when it was made.</summary>
    public required TimeSpan MadeAt { get; init; }

    public TimeSpan LastSentAt { get; set; }

    /// <summary>The network has one with its nonce that pays more: of this wallet, from before its enclave's process started anew.</summary>
    public bool IsUnderpriced { get; set; }

    /// <summary>The block of its receipt, when it was last seen mined; null while it is not.</summary>
    public ulong? MinedAt { get; set; }
}
