namespace Kms.Core.Ports;

/// <summary>Why Odyn gave no answer.</summary>
public enum OdynFailure
{
    /// <summary>No answer, or not in time.</summary>
    Unavailable,

    /// <summary>An answer that is not what the API promises (length, format, signer).</summary>
    Malformed,

    /// <summary>It refused the input: an envelope that does not open, an unknown key.</summary>
    Refused,
}
