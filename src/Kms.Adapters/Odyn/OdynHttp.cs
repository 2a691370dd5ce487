using System.Security.Cryptography;
using System.Text.Unicode;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary><see cref="IOdyn"/> over the supervisor's internal HTTP API: Odyn and, since v1.5, Nova Enclave Capsule.</summary>
/// <remarks>
/// Every answer is checked before it is believed: lengths, formats, that signatures recover to the wallet, that a signed
/// transaction is the one that was asked for. The wallet is the one first seen; a later one makes signatures Malformed.
/// </remarks>
public sealed class OdynHttp : IOdyn, IDisposable
{
    private const int SmallAnswerBytes = 16 * 1024;
    private const int RandomChunkBytes = 32;
    private const int GcmTagBytes = 16;

    private readonly OdynClient _http;
    private readonly OdynObjects _objects;
    private volatile OdynIdentity? _first;

    /// <exception cref="ArgumentException">The URL is not http on loopback.</exception>
    public OdynHttp(OdynHttpOptions options)
    {
        if (!options.BaseUrl.IsAbsoluteUri || options.BaseUrl.Scheme != "http" || !options.BaseUrl.IsLoopback)
        {
            throw new ArgumentException("Odyn's API is plaintext and holds secrets: an http URL on loopback is needed", nameof(options));
        }

        _http = new OdynClient(options);
        _objects = new OdynObjects(_http);
    }

    public async Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel)
    {
        var wallet = await GetWalletAsync(cancel);
        if (!wallet.TryGet(out var address))
        {
            return wallet.As<OdynIdentity>();
        }

        const string Path = "/v1/encryption/public_key";
        var answer = await _http.GetAsync(Path, SmallAnswerBytes, cancel);
        if (!answer.TryGet(out var body))
        {
            return answer.As<OdynIdentity>();
        }

        if (!OdynAnswer.TryHex(OdynAnswer.Read(body)["public_key_der"], TeePublicKey.SpkiBytes, out var der) || !TeePublicKey.TryFrom(der, out var key))
        {
            return Malformed<OdynIdentity>(Path);
        }

        var identity = new OdynIdentity(address, key!);
        _first ??= identity;
        return Result<OdynIdentity, OdynFailure>.Ok(identity);
    }

    public async Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel)
    {
        const string Path = "/v1/eth/sign";
        var known = await FirstIdentityAsync(cancel);
        if (!known.TryGet(out var identity))
        {
            return known.As<EthereumSignature>();
        }

        var answer = await _http.PostAsync(
            Path,
            json =>
            {
                json.WriteString("message"u8, message);
                json.WriteBoolean("include_attestation"u8, false);
            },
            message.Length + 64,
            SmallAnswerBytes,
            cancel);
        if (!answer.TryGet(out var body))
        {
            return answer.As<EthereumSignature>();
        }

        return OdynAnswer.TryHex(OdynAnswer.Read(body)["signature"], EthereumSignature.Size, out var bytes)
            && EthereumSignature.TryFrom(bytes, out var signature)
            && signature.TryRecover(message, out var signer) && signer == identity.Wallet
            ? Result<EthereumSignature, OdynFailure>.Ok(signature)
            : Malformed<EthereumSignature>(Path);
    }

    public async Task<Result<byte[], OdynFailure>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel)
    {
        const string Path = "/v1/eth/sign-tx";
        var known = await FirstIdentityAsync(cancel);
        if (!known.TryGet(out var identity))
        {
            return known.As<byte[]>();
        }

        var answer = await _http.PostAsync(
            Path,
            json => OdynTransaction.Write(json, transaction),
            (transaction.Data.Length * 2) + 512,
            SmallAnswerBytes + (transaction.Data.Length * 4),
            cancel);
        if (!answer.TryGet(out var body))
        {
            return answer;
        }

        return OdynAnswer.TryHex(OdynAnswer.Read(body)["raw_transaction"], SmallAnswerBytes + transaction.Data.Length, out var raw)
            && OdynTransaction.IsSignedBy(raw, transaction, identity.Wallet)
            ? Result<byte[], OdynFailure>.Ok(raw)
            : Malformed<byte[]>(Path);
    }

    public async Task<Result<byte[], OdynFailure>> RandomAsync(int count, CancellationToken cancel)
    {
        const string Path = "/v1/random";
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Limits.MaxRandomBytes);
        byte[] chunks = SecretBytes.Allocate((count + RandomChunkBytes - 1) / RandomChunkBytes * RandomChunkBytes);
        try
        {
            for (int at = 0; at < chunks.Length; at += RandomChunkBytes)
            {
                var answer = await _http.GetAsync(Path, SmallAnswerBytes, cancel);
                if (!answer.TryGet(out var body))
                {
                    return answer;
                }

                if (!TakeChunk(body, chunks.AsSpan(0, at), chunks.AsSpan(at, RandomChunkBytes)))
                {
                    return Malformed<byte[]>(Path);
                }
            }

            return Result<byte[], OdynFailure>.Ok(SecretBytes.Copy(chunks.AsSpan(0, count)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(chunks);
        }
    }

    public async Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel)
    {
        const string Path = "/v1/encryption/encrypt";
        if (!Utf8.IsValid(plaintext.Span))
        {
            return Result<OdynEnvelope, OdynFailure>.Fail(OdynFailure.Refused, $"{Path}: only text can be sealed, the API takes a JSON string");
        }

        var known = await FirstIdentityAsync(cancel);
        if (!known.TryGet(out var identity))
        {
            return known.As<OdynEnvelope>();
        }

        var answer = await _http.PostAsync(
            Path,
            json =>
            {
                json.WriteString("plaintext"u8, plaintext.Span);
                json.WriteString("client_public_key"u8, receiver.ToString());
            },
            plaintext.Length + (plaintext.Length / 4) + 512,
            Limits.MaxOdynResponseBytes,
            cancel);
        if (!answer.TryGet(out var body))
        {
            return answer.As<OdynEnvelope>();
        }

        var sent = OdynAnswer.Read(body);
        return OdynAnswer.TryHex(sent["encrypted_data"], Limits.MaxOdynResponseBytes, out var ciphertext) && ciphertext.Length == plaintext.Length + GcmTagBytes
            && OdynAnswer.TryHex(sent["nonce"], RandomChunkBytes, out var nonce) && nonce.Length is 12 or RandomChunkBytes
            && OdynAnswer.TryHex(sent["enclave_public_key"], TeePublicKey.SpkiBytes, out var der)
            && TeePublicKey.TryFrom(der, out var sender) && sender!.Equals(identity.TeePublicKey)
            ? Result<OdynEnvelope, OdynFailure>.Ok(new OdynEnvelope(sender, nonce, ciphertext))
            : Malformed<OdynEnvelope>(Path);
    }

    public async Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel)
    {
        const string Path = "/v1/encryption/decrypt";
        var answer = await _http.PostAsync(
            Path,
            json =>
            {
                json.WriteString("nonce"u8, Hex.Encode(envelope.Nonce.Span));
                json.WriteString("client_public_key"u8, envelope.Sender.ToString());
                json.WriteString("encrypted_data"u8, Hex.Encode(envelope.Ciphertext.Span));
            },
            (envelope.Ciphertext.Length * 2) + 1024,
            Limits.MaxOdynResponseBytes,
            cancel);
        if (!answer.TryGet(out var body))
        {
            return answer;
        }

        try
        {
            if (!OdynAnswer.Read(body)["plaintext"].TryUtf8(out var plaintext))
            {
                return Malformed<byte[]>(Path);
            }

            if (plaintext.Length == envelope.Ciphertext.Length - GcmTagBytes)
            {
                return Result<byte[], OdynFailure>.Ok(plaintext);
            }

            CryptographicOperations.ZeroMemory(plaintext);
            return Malformed<byte[]>(Path);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    /// <remarks>The key goes as PEM, the nonce as base64, and no user data: builds differ in what they take. Answers are raw CBOR.</remarks>
    public async Task<Result<byte[], OdynFailure>> AttestAsync(AttestationRequest request, CancellationToken cancel)
    {
        const string Path = "/v1/attestation";
        var answer = await _http.PostAsync(
            Path,
            json =>
            {
                json.WriteBase64String("nonce"u8, request.Nonce.Span);
                if (request.PublicKey is { } key)
                {
                    json.WriteString("public_key"u8, PemEncoding.WriteString("PUBLIC KEY", key.ToSpki()));
                }
            },
            1024,
            Limits.MaxAttestationBytes,
            cancel);

        // COSE_Sign1 is an array of four, bare or under tag 18 (RFC 9052 §4.2); the rest is for the verifier.
        return answer.TryGet(out var document) && document is not ([0x84, ..] or [0xd2, 0x84, ..]) ? Malformed<byte[]>(Path) : answer;
    }

    public Task<Result<byte[]?, OdynFailure>> GetObjectAsync(string key, CancellationToken cancel) => _objects.GetAsync(key, cancel);

    public Task<Result<bool, OdynFailure>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) => _objects.PutAsync(key, value, cancel);

    public Task<Result<bool, OdynFailure>> DeleteObjectAsync(string key, CancellationToken cancel) => _objects.DeleteAsync(key, cancel);

    public Task<Result<IReadOnlyList<string>, OdynFailure>> ListObjectsAsync(string prefix, CancellationToken cancel) => _objects.ListAsync(prefix, cancel);

    public void Dispose() => _http.Dispose();

    internal static Result<T, OdynFailure> Malformed<T>(string path) => Result<T, OdynFailure>.Fail(OdynFailure.Malformed, $"{path}: not what the API promises");

    private async Task<Result<OdynIdentity, OdynFailure>> FirstIdentityAsync(CancellationToken cancel) =>
        _first is { } identity ? Result<OdynIdentity, OdynFailure>.Ok(identity) : await GetIdentityAsync(cancel);

    private async Task<Result<WalletAddress, OdynFailure>> GetWalletAsync(CancellationToken cancel)
    {
        const string Path = "/v1/eth/address";
        const int UncompressedPointBytes = 65;
        var answer = await _http.GetAsync(Path, SmallAnswerBytes, cancel);
        if (!answer.TryGet(out var body))
        {
            return answer.As<WalletAddress>();
        }

        // The address is the last 20 bytes of the hash of the public key without its format byte.
        var sent = OdynAnswer.Read(body);
        return OdynAnswer.TryHex(sent["address"], WalletAddress.Size, out var address) && WalletAddress.TryFrom(address, out var wallet)
            && OdynAnswer.TryHex(sent["public_key"], UncompressedPointBytes, out var point)
            && point.Length == UncompressedPointBytes && point[0] == 0x04
            && Keccak256.Hash(point.AsSpan(1)).ToArray().AsSpan(12).SequenceEqual(address)
            ? Result<WalletAddress, OdynFailure>.Ok(wallet)
            : Malformed<WalletAddress>(Path);
    }

    private static bool TakeChunk(byte[] body, ReadOnlySpan<byte> before, Span<byte> destination)
    {
        byte[]? chunk = null;
        try
        {
            if (!OdynAnswer.TryHex(OdynAnswer.Read(body)["random_bytes"], RandomChunkBytes, out chunk) || chunk.Length != RandomChunkBytes
                || !chunk.AsSpan().ContainsAnyExcept(chunk[0]))
            {
                return false;
            }

            for (int at = 0; at < before.Length; at += RandomChunkBytes)
            {
                if (before.Slice(at, RandomChunkBytes).SequenceEqual(chunk))
                {
                    return false; // a generator that repeats itself
                }
            }

            chunk.CopyTo(destination);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
            CryptographicOperations.ZeroMemory(chunk);
        }
    }
}
