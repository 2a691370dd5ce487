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
    Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel);

    /// <summary>EIP-191 personal_sign of the UTF-8 message.</summary>
    Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel);

    /// <summary>The signed type-2 transaction, RLP with its type byte, ready to submit.</summary>
    Task<Result<byte[], OdynFailure>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel);

    /// <summary>Exactly <paramref name="count"/> bytes of the hardware generator; zero them after use.</summary>
    Task<Result<byte[], OdynFailure>> RandomAsync(int count, CancellationToken cancel);

    /// <summary>Seals for a receiver under the node's P-384 key (Odyn <c>/v1/encryption/encrypt</c>).</summary>
    Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel);

    /// <summary>Opens an envelope for the node's P-384 key. The caller zeroes the plaintext. Tampering is <see cref="OdynFailure.Refused"/>.</summary>
    Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel);

    /// <summary>A fresh attestation document (CBOR COSE_Sign1) with the given fields.</summary>
    Task<Result<byte[], OdynFailure>> AttestAsync(AttestationRequest request, CancellationToken cancel);

    /// <summary>Reads an object; null when there is none.</summary>
    Task<Result<byte[]?, OdynFailure>> GetObjectAsync(string key, CancellationToken cancel);

    Task<Result<bool, OdynFailure>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel);

    Task<Result<bool, OdynFailure>> DeleteObjectAsync(string key, CancellationToken cancel);

    Task<Result<IReadOnlyList<string>, OdynFailure>> ListObjectsAsync(string prefix, CancellationToken cancel);
}

/// <summary>Who the enclave is.</summary>
public sealed record OdynIdentity(WalletAddress Wallet, TeePublicKey TeePublicKey);

/// <summary>
/// The caller-chosen fields of a Nitro attestation document. Not its <c>user_data</c>: the supervisor writes the wallet there, and
/// lets anybody write the rest.
/// </summary>
/// <param name="Nonce">At most <see cref="Limits.MaxAttestedNonceBytes"/>.</param>
/// <param name="PublicKey">The enclave's long-lived key when null.</param>
public sealed record AttestationRequest(ReadOnlyMemory<byte> Nonce, TeePublicKey? PublicKey);

/// <summary>Why Odyn gave no answer.</summary>
public enum OdynFailure
{
    /// <summary>No answer, or not in time.</summary>
    Unavailable,

    /// <summary>An answer that is not what the API promises (length, format, signer).</summary>
    Malformed,

    /// <summary>It refused the input: an envelope that does not open, an unknown key.</summary>
    Refused,
}
