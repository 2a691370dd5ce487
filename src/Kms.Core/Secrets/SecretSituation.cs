using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>Everything that decisions about secrets depend on.</summary>
/// <param name="Held">The ring, destroyed entries left out.</param>
/// <param name="Minable">Our own calls that may still be mined.</param>
/// <param name="ExpelledSinceMs">Trusted time at which the final view first showed this node expelled, without a break since; null when it does not.</param>
/// <param name="NowMs">Trusted time, Unix milliseconds.</param>
internal sealed record SecretSituation(
    ChainView View,
    WalletAddress Self,
    IReadOnlyList<HeldSecret> Held,
    IReadOnlyList<MinableCall> Minable,
    long? ExpelledSinceMs,
    long NowMs);
