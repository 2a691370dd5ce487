using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>The two transactions a node ever sends.</summary>
public abstract record RegistryCall
{
    private RegistryCall()
    {
    }

    /// <summary><c>proposeMasterSecret(bytes32)</c>.</summary>
    public sealed record Propose(Bytes32 Hash) : RegistryCall;

    /// <summary><c>confirmMasterSecret(uint64)</c>.</summary>
    public sealed record Confirm(ulong ProposalId) : RegistryCall;
}
