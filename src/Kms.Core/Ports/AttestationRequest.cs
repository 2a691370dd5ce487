using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>
/// The caller-chosen fields of a Nitro attestation document. Not its <c>user_data</c>: the supervisor writes the wallet there, and
/// lets anybody write the rest.
/// </summary>
/// <param name="Nonce">At most <see cref="Limits.MaxAttestedNonceBytes"/>.</param>
/// <param name="PublicKey">The enclave's long-lived key when null.</param>
public sealed record AttestationRequest(ReadOnlyMemory<byte> Nonce, TeePublicKey? PublicKey);
