namespace Kms.Core.Secrets;

/// <summary>Where a secret is in its life. <see cref="SecretTransitions"/> says which moves exist.</summary>
internal enum SecretState
{
    /// <summary>Generated here or handed over; its hash is not active at both views. Never used, only confirmed and handed over.</summary>
    Candidate,

    /// <summary>Its hash is active and unretired at both views: the only state in which anything is derived from it.</summary>
    Active,

    /// <summary>Its proof is missing at some view: unusable, kept (stop using is not destroying, design §4).</summary>
    Quarantined,

    /// <summary>Gone from memory.</summary>
    Destroyed,
}
