namespace Kms.Core.Secrets;

/// <summary>The transition table of a secret.</summary>
internal static class SecretTransitions
{
    public static bool Allows(SecretState from, SecretState to) => (from, to) switch
    {
        (SecretState.Candidate, SecretState.Active) => true,
        (SecretState.Candidate, SecretState.Quarantined) => true,
        (SecretState.Candidate, SecretState.Destroyed) => true,
        (SecretState.Active, SecretState.Quarantined) => true,
        (SecretState.Active, SecretState.Destroyed) => true,
        (SecretState.Quarantined, SecretState.Active) => true,
        (SecretState.Quarantined, SecretState.Candidate) => true,
        (SecretState.Quarantined, SecretState.Destroyed) => true,
        _ => false,
    };
}
