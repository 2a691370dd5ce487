using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>The pinned root certificate: AWS Nitro, or a devnet's own.</summary>
public sealed class AttestationRoot
{
    /// <summary>The AWS Nitro Enclaves root G1 (embedded; its SHA-256 is checked by a test).</summary>
    public static AttestationRoot Aws => throw new NotImplementedException();

    /// <summary>Another root, for devnets and simulators.</summary>
    /// <exception cref="ArgumentException">Not one DER certificate.</exception>
    public static AttestationRoot FromDer(ReadOnlySpan<byte> der) => throw new NotImplementedException();

    /// <summary>Only a non-AWS root permits address exceptions and plain HTTP (design §3).</summary>
    public bool IsAws => throw new NotImplementedException();

    /// <summary>SHA-256 of the DER certificate.</summary>
    public Bytes32 Fingerprint => throw new NotImplementedException();
}
