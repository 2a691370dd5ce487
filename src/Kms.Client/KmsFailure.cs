namespace Kms.Client;

/// <summary>Why a call brought no value, for programs.</summary>
/// <param name="Code">The node's stable error code (docs/spec/errors.md), or empty.</param>
public readonly record struct KmsError(KmsFailure Kind, string Code)
{
    public override string ToString() => Code.Length == 0 ? $"{Kind}" : $"{Kind} {Code}";
}

/// <summary>Why a call brought no value.</summary>
public enum KmsFailure
{
    /// <summary>A node proved who it is and refused; <see cref="KmsError.Code"/> says why. Asking again changes nothing.</summary>
    Refused,

    /// <summary>A node proved who it is and has no such key.</summary>
    NotFound,

    /// <summary>The value's version is not the one that the write named.</summary>
    VersionConflict,

    /// <summary>No node gave an answer that proves its origin. Nothing was changed.</summary>
    Unavailable,

    /// <summary>A write was sent and its answer lost: it may or may not have happened. It is not resent; read before writing again.</summary>
    OutcomeUnknown,

    /// <summary>The app's own keys (Odyn) did not work.</summary>
    IdentityUnavailable,
}
