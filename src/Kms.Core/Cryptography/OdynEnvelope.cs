using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>The wire envelope of Odyn's <c>/v1/encryption</c>.</summary>
/// <param name="Sender">Public key of whoever sealed it.</param>
/// <param name="Nonce">12 or 32 bytes; the first 12 are the AES-GCM iv.</param>
/// <param name="Ciphertext">AES-256-GCM ciphertext with its 16-byte tag.</param>
public sealed record OdynEnvelope(TeePublicKey Sender, ReadOnlyMemory<byte> Nonce, ReadOnlyMemory<byte> Ciphertext);
