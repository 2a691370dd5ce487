namespace Kms.Client;

/// <summary>When a request may be sent again.</summary>
internal enum Resend
{
    /// <summary>It changes nothing.</summary>
    Always,

    /// <summary>A write that says over which version: a second one finds another version and does nothing.</summary>
    Conditional,

    /// <summary>A plain write.</summary>
    OnlyIfNotSent,
}
