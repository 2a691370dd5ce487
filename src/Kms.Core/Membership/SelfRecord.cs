namespace Kms.Core.Membership;

/// <summary>What KMSRegistry holds about this node's own wallet.</summary>
/// <param name="HasConfirmed">It has confirmed the newest proposal.</param>
/// <param name="BarredUntilBlock">It may not propose before this block (expired proposals); zero when free.</param>
public sealed record SelfRecord(bool HasConfirmed, ulong BarredUntilBlock);
