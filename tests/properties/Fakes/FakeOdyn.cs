using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Fakes;

/// <summary>An Odyn with real keys, real signatures and real envelopes, that can be told to fail.</summary>
internal sealed class FakeOdyn : IOdyn, IDisposable
{
    private readonly EthereumPrivateKey _wallet;
    private readonly TeePrivateKey _tee;
    private readonly SealedExchange _exchange;
    private readonly NodeRandom _random;

    public FakeOdyn(byte number, SupervisorBuild? build = null)
    {
        _wallet = EthereumPrivateKey.Import(Keys.Filled(number, 32));
        _tee = Keys.Tee(number);
        _exchange = new SealedExchange(_tee, 64, (build ?? SupervisorBuild.Newest).Envelopes);
        _random = Keys.Random((byte)(number + 100));
    }

    public OdynIdentity Identity => new(_wallet.Wallet, _tee.PublicKey);

    public OdynFailure? SignFails { get; set; }

    public OdynFailure? EncryptFails { get; set; }

    public OdynFailure? DecryptFails { get; set; }

    /// <summary>Seals with this key instead of its own.</summary>
    public FakeOdyn? EncryptsAs { get; set; }

    /// <summary>v 0 or 1, as supervisors sign; false: 27 or 28, as hosted mocks do.</summary>
    public bool SignsBare { get; set; } = true;

    public int Decryptions { get; private set; }

    public int Signatures { get; private set; }

    /// <summary>The last plaintexts that went through, as the very arrays: to see that they are zeroed.</summary>
    public byte[]? LastDecrypted { get; private set; }

    public ReadOnlyMemory<byte> LastToEncrypt { get; private set; }

    public Func<Task>? BeforeDecrypt { get; set; }

    public Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel) => Task.FromResult(Result<OdynIdentity, OdynFailure>.Ok(Identity));

    public Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel)
    {
        Signatures++;
        return Task.FromResult(SignFails is { } failure
            ? Result<EthereumSignature, OdynFailure>.Fail(failure, "told to")
            : Result<EthereumSignature, OdynFailure>.Ok(Sign(message)));
    }

    public Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel)
    {
        LastToEncrypt = plaintext;
        if (EncryptsAs is { } other)
        {
            return other.EncryptAsync(plaintext, receiver, cancel);
        }

        return Task.FromResult(EncryptFails is { } failure
            ? Result<OdynEnvelope, OdynFailure>.Fail(failure, "told to")
            : Result<OdynEnvelope, OdynFailure>.Ok(Seal(plaintext.Span, receiver)));
    }

    public async Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel)
    {
        Decryptions++;
        if (BeforeDecrypt is { } before)
        {
            await before();
        }

        if (DecryptFails is { } failure)
        {
            return Result<byte[], OdynFailure>.Fail(failure, "told to");
        }

        if (!_exchange.TryOpen(envelope, out var plaintext))
        {
            return Result<byte[], OdynFailure>.Fail(OdynFailure.Refused, "does not open");
        }

        LastDecrypted = plaintext;
        return Result<byte[], OdynFailure>.Ok(plaintext);
    }

    public OdynEnvelope Seal(ReadOnlySpan<byte> plaintext, TeePublicKey receiver, int nonceBytes = 12)
    {
        var nonce = new byte[nonceBytes];
        _random.Fill(nonce);
        return _exchange.Seal(plaintext, receiver, nonce);
    }

    public byte[] Open(OdynEnvelope envelope)
    {
        _exchange.TryOpen(envelope, out var plaintext).ShouldBeTrue();
        return plaintext;
    }

    public EthereumSignature Sign(string message) => SignsBare ? _wallet.SignMessage(message).AsBare() : _wallet.SignMessage(message);

    public Task<Result<byte[], OdynFailure>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<byte[], OdynFailure>> RandomAsync(int count, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<byte[], OdynFailure>> AttestAsync(AttestationRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<byte[]?, OdynFailure>> GetObjectAsync(string key, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<bool, OdynFailure>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<bool, OdynFailure>> DeleteObjectAsync(string key, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<string>, OdynFailure>> ListObjectsAsync(string prefix, CancellationToken cancel) => throw new NotSupportedException();

    public void Dispose()
    {
        _exchange.Dispose();
        _tee.Dispose();
        _wallet.Dispose();
        _random.Dispose();
    }
}
