namespace Kms.Core.Authentication;

/// <summary>What looking at a nonce says, before anything is consumed.</summary>
internal enum NonceCheck
{
    Ok,

    /// <summary>Not base64 of <see cref="Limits.NonceBytes"/> bytes.</summary>
    Malformed,

    /// <summary>Not made by this boot of this node.</summary>
    NotOurs,

    Expired,
}
