using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>The caller-chosen fields of a Nitro attestation document.</summary>
public sealed record AttestationRequest(ReadOnlyMemory<byte> Nonce, TeePublicKey? PublicKey, ReadOnlyMemory<byte> UserData);
