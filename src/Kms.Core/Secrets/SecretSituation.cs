using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>Everything that decisions about secrets depend on.</summary>
/// <param name="IsFresh">Neither view is stale. A stale one can stop a use, and destroys nothing.</param>
/// <param name="Held">The ring, destroyed entries left out.</param>
/// <param name="Minable">Our own calls that may still be mined.</param>
/// <param name="HasEnded">This very instance was ended by the platform long enough ago: <see cref="EndOfInstance.HasStood"/>.</param>
/// <param name="FinalityDepthBlocks">Blocks between the views; proposals that live too short for them are not made.</param>
internal sealed record SecretSituation(
    ChainView View,
    bool IsFresh,
    WalletAddress Self,
    IReadOnlyList<HeldSecret> Held,
    IReadOnlyList<MinableCall> Minable,
    bool HasEnded,
    ulong FinalityDepthBlocks);
