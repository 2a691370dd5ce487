namespace Kms.Devnet.Attestation;

/// <summary>How a document states its public key: builds of the supervisor differ.</summary>
internal enum AttestedKeyForm
{
    /// <summary>SubjectPublicKeyInfo, DER, 120 bytes.</summary>
    Spki,

    /// <summary>Uncompressed SEC1 point, 97 bytes.</summary>
    RawPoint,
}
