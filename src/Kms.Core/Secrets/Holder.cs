using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>
/// The right to hand a secret over: this node holds it, and both views show its hash active and unretired, or proposed and the
/// proposal open. Minted by <see cref="SecretRing"/> alone.
/// </summary>
internal sealed class Holder
{
    internal Holder(ChainView view, Epoch epoch, Bytes32 hash)
    {
        View = view;
        Epoch = epoch;
        Hash = hash;
    }

    public ChainView View { get; }

    public Epoch Epoch { get; }

    public Bytes32 Hash { get; }
}
