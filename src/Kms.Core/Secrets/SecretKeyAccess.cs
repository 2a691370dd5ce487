namespace Kms.Core.Secrets;

/// <summary>Names each place that touches raw secret bytes, so that a search for this type finds them all.</summary>
internal enum SecretKeyAccess
{
    Hashing = 1,
    Derivation = 2,
    Handover = 3,
}
