namespace Kms.Core.Secrets;

/// <summary>Which proof of an active secret is missing.</summary>
internal enum QuarantineReason
{
    NotActiveAtFinal,
    NotActiveAtLatest,
    Retired,
    NotAMember,
    DeepReorg,
}
