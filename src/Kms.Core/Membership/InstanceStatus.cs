namespace Kms.Core.Membership;

/// <summary>NovaAppRegistry instance status, as on chain. Only Active → Stopped or Failed, never back.</summary>
public enum InstanceStatus
{
    Active = 0,
    Stopped = 1,
    Failed = 2,
}
