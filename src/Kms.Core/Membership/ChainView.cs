using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>The registry at both views of one refresh. Rights count only when both show them (design §4).</summary>
internal sealed record ChainView(RegistrySnapshot AtFinal, RegistrySnapshot AtLatest)
{
    public BlockRef Final => AtFinal.At;

    public BlockRef Latest => AtLatest.At;

    /// <summary>True when either view shows the key as some operator's long-lived one, whatever that operator's state.</summary>
    public bool IsRegistered(TeePublicKey key) =>
        AtLatest.Operators.Concat(AtFinal.Operators).Any(one => key.Equals(one.Instance?.TeePublicKey));
}
