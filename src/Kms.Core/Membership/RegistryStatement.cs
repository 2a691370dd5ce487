using System.Globalization;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>
/// The EIP-191 texts that an operator without ether signs and anyone relays (design §5):
/// <c>NovaKMS:&lt;Propose|Confirm&gt;:&lt;chainId&gt;:&lt;contract&gt;:&lt;epoch&gt;:&lt;hash&gt;:&lt;proposalId or 0&gt;:&lt;deadline&gt;</c>.
/// </summary>
internal static class RegistryStatement
{
    /// <param name="deadlineSeconds">Unix seconds; the contract refuses the statement afterwards.</param>
    public static string Propose(ChainIdentity chain, Epoch epoch, Bytes32 hash, long deadlineSeconds) =>
        Text("Propose", chain, epoch, hash, 0, deadlineSeconds);

    public static string Confirm(ChainIdentity chain, Epoch epoch, Bytes32 hash, ulong proposalId, long deadlineSeconds)
    {
        Invariant.Require(proposalId != 0);
        return Text("Confirm", chain, epoch, hash, proposalId, deadlineSeconds);
    }

    private static string Text(string verb, ChainIdentity chain, Epoch epoch, Bytes32 hash, ulong proposalId, long deadlineSeconds)
    {
        Invariant.Require(!epoch.IsDefault);
        Invariant.Require(!hash.IsZero);
        Invariant.Require(deadlineSeconds > 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"NovaKMS:{verb}:{chain.ChainId}:{chain.KmsRegistry}:{epoch}:{hash}:{proposalId}:{deadlineSeconds}");
    }
}
