namespace Kms.Core.Membership;

/// <summary>NovaAppRegistry app status, as on chain.</summary>
public enum AppStatus
{
    Active = 0,
    Inactive = 1,
    Revoked = 2,
}
