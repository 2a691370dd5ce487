using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>A parsed AWS Nitro attestation document (CBOR COSE_Sign1, untagged or tagged 18). Parsed is not verified.</summary>
internal sealed class NitroDocument
{
    public string ModuleId => throw new NotImplementedException();

    public long TimestampMs => throw new NotImplementedException();

    /// <summary>keccak256(pcr0 ‖ pcr1 ‖ pcr2).</summary>
    public Bytes32 CodeMeasurement => throw new NotImplementedException();

    /// <summary>PCR0-2 all zero: a debug enclave, whose memory the host can read.</summary>
    public bool IsDebugMode => throw new NotImplementedException();

    /// <summary>SPKI or raw point, as P-384 key; null when absent or something else.</summary>
    public TeePublicKey? PublicKey => throw new NotImplementedException();

    public ReadOnlyMemory<byte> UserData => throw new NotImplementedException();

    public ReadOnlyMemory<byte> Nonce => throw new NotImplementedException();

    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out NitroDocument? document) => throw new NotImplementedException();
}
