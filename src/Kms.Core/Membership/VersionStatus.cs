namespace Kms.Core.Membership;

/// <summary>NovaAppRegistry version status, as on chain.</summary>
public enum VersionStatus
{
    Enrolled = 0,
    Deprecated = 1,
    Revoked = 2,
}
