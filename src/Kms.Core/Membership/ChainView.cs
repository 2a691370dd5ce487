using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>The registry at both views of one refresh. Rights count only when both show them (design §4).</summary>
internal sealed record ChainView(RegistrySnapshot AtFinal, RegistrySnapshot AtLatest)
{
    public BlockRef Final => AtFinal.At;

    public BlockRef Latest => AtLatest.At;
}
