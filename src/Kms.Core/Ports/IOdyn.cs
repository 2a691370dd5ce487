using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <summary>The enclave supervisor: wallet, P-384 key, attestation, randomness, object storage.</summary>
/// <remarks>
/// Not trusted to be up, fast or well-formed; implementations check lengths and formats, the node checks that identity
/// does not change and that randomness is neither constant nor repeated (design §3).
/// </remarks>
public interface IOdyn
{
    /// <summary>Wallet and P-384 key; both are made at boot and must never change while the node runs.</summary>
    Task<OdynResult<OdynIdentity>> GetIdentityAsync(CancellationToken cancel);

    /// <summary>EIP-191 personal_sign of the UTF-8 message.</summary>
    Task<OdynResult<EthereumSignature>> SignMessageAsync(string message, CancellationToken cancel);

    /// <summary>The signed type-2 transaction, RLP with its type byte, ready to submit.</summary>
    Task<OdynResult<byte[]>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel);

    /// <summary>Exactly <paramref name="count"/> bytes of the hardware generator; zero them after use.</summary>
    Task<OdynResult<byte[]>> RandomAsync(int count, CancellationToken cancel);

    /// <summary>Seals for a receiver under the node's P-384 key (Odyn <c>/v1/encryption/encrypt</c>).</summary>
    Task<OdynResult<OdynEnvelope>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel);

    /// <summary>Opens an envelope for the node's P-384 key. The caller zeroes the plaintext. Tampering is <see cref="OdynFailure.Refused"/>.</summary>
    Task<OdynResult<byte[]>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel);

    /// <summary>A fresh attestation document (CBOR COSE_Sign1) with the given fields.</summary>
    Task<OdynResult<byte[]>> AttestAsync(AttestationRequest request, CancellationToken cancel);

    /// <summary>Reads an object; null when there is none.</summary>
    Task<OdynResult<byte[]?>> GetObjectAsync(string key, CancellationToken cancel);

    Task<OdynResult<bool>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel);

    Task<OdynResult<bool>> DeleteObjectAsync(string key, CancellationToken cancel);

    Task<OdynResult<IReadOnlyList<string>>> ListObjectsAsync(string prefix, CancellationToken cancel);
}
