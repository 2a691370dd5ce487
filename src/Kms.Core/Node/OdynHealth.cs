namespace Kms.Core.Node;

/// <summary>What the last look at Odyn found.</summary>
internal enum OdynHealth
{
    /// <summary>Not looked at yet.</summary>
    Unknown,
    Good,
    Unavailable,
    IdentityChanged,
    RandomnessBroken,
    AttestationFailed,
}
