using System.Diagnostics.CodeAnalysis;
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

/// <summary>A value from Odyn, or the reason there is none.</summary>
public readonly record struct OdynResult<T>
{
    private readonly T? _value;

    private OdynResult(T? value, OdynFailure? failure, string? detail)
    {
        _value = value;
        Failure = failure;
        Detail = detail;
        IsSet = true;
    }

    private bool IsSet { get; }

    /// <summary>Null on success.</summary>
    public OdynFailure? Failure { get; }

    /// <summary>For operators' logs: never sent to a caller, never secret.</summary>
    public string? Detail { get; }

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        Invariant.Require(IsSet);
        value = _value;
        return Failure is null;
    }

    /// <summary>Results carry secrets at times: print the outcome only.</summary>
    public override string ToString() => Failure is { } failure ? failure.ToString() : "Ok";

    public static OdynResult<T> Ok(T value) => new(value, null, null);

    public static OdynResult<T> Fail(OdynFailure failure, string detail) => new(default, failure, detail);

    /// <summary>Carries a failure over to another type.</summary>
    public OdynResult<TOther> As<TOther>()
    {
        Invariant.Require(Failure is not null);
        return OdynResult<TOther>.Fail(Failure.Value, Detail ?? string.Empty);
    }
}
