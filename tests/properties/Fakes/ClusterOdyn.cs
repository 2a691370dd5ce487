using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Fakes;

/// <summary>An enclave supervisor with real keys and documents of a simulated hypervisor; each fault is a property.</summary>
internal sealed class ClusterOdyn : IOdyn, IDisposable
{
    private readonly EthereumPrivateKey _wallet;
    private readonly TeePrivateKey _tee;
    private readonly SealedExchange _exchange;
    private readonly NitroIssuer _issuer;
    private readonly ManualClock _clock;
    private readonly byte _number;
    private ulong _draws;

    public ClusterOdyn(byte number, NitroIssuer issuer, ManualClock clock)
    {
        _number = number;
        _issuer = issuer;
        _clock = clock;
        _wallet = EthereumPrivateKey.Import(Keys.Filled(number, 32));
        _tee = Keys.Tee(number);
        _exchange = new SealedExchange(_tee, 64);
        Identity = new OdynIdentity(_wallet.Wallet, _tee.PublicKey);
    }

    public OdynIdentity Identity { get; set; }

    /// <summary>Fills PCR0-2; zero is a debug enclave.</summary>
    public byte Measured { get; set; } = 7;

    public byte[]? FixedRandom { get; set; }

    public OdynFailure? Fails { get; set; }

    /// <summary>What the implementation of the port throws instead of answering.</summary>
    public Func<Exception?> Throws { get; set; } = () => null;

    /// <summary>Rewrites what is attested: a lying or broken supervisor.</summary>
    public Func<NitroClaims, NitroClaims>? Claims { get; set; }

    /// <summary>Rewrites the document itself.</summary>
    public Func<NitroClaims, byte[], byte[]>? Documents { get; set; }

    public AttestationRequest? LastAttested { get; private set; }

    public SupervisorBuild Build { get; set; } = SupervisorBuild.Newest;

    public Func<Task>? BeforeAttest { get; set; }

    public static Bytes32 Measurement(byte measured) => Keccak256.Hash(Keys.Filled(measured, 144));

    public Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel) => Answer(() => Identity);

    public Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel) => Answer(() => _wallet.SignMessage(message).AsBare());

    public Task<Result<byte[], OdynFailure>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) =>
        Answer(() => ClusterChain.Sign(_wallet.Wallet, transaction));

    public Task<Result<byte[], OdynFailure>> RandomAsync(int count, CancellationToken cancel) => Answer(() =>
        FixedRandom?.ToArray() ?? SHA256.HashData([_number, .. BitConverter.GetBytes(_draws++)])[..count]);

    public Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) =>
        Answer(() => _exchange.Seal(plaintext.Span, receiver, SHA256.HashData([_number, 1, .. BitConverter.GetBytes(_draws++)]).AsSpan(0, 12)));

    public async Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel)
    {
        await Task.Yield();
        return _exchange.TryOpen(envelope, out byte[] plaintext) ? Result<byte[], OdynFailure>.Ok(plaintext) : Result<byte[], OdynFailure>.Fail(OdynFailure.Refused, "tampered");
    }

    public async Task<Result<byte[], OdynFailure>> AttestAsync(AttestationRequest request, CancellationToken cancel)
    {
        if (BeforeAttest is { } before)
        {
            await before();
        }

        return await Answer(() => Attest(request));
    }

    public byte[] Attest(AttestationRequest request)
    {
        ReadOnlyMemory<byte> pcr = Keys.Filled(Measured, 48);
        var fields = new AttestedFields(request.Nonce, request.PublicKey, Build.UserData(JsonValue.Absent, _wallet.Wallet));
        var claims = new NitroClaims(fields, [pcr, pcr, pcr], _clock.UtcNow.ToUnixTimeMilliseconds(), $"i-cluster-{_number}", Build.KeyForm);
        LastAttested = request;
        claims = Claims is { } change ? change(claims) : claims;
        byte[] document = _issuer.Mint(claims);
        return Documents is { } rewrite ? rewrite(claims, document) : document;
    }

    public Task<Result<byte[]?, OdynFailure>> GetObjectAsync(string key, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<bool, OdynFailure>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<bool, OdynFailure>> DeleteObjectAsync(string key, CancellationToken cancel) => throw new NotSupportedException();

    public Task<Result<IReadOnlyList<string>, OdynFailure>> ListObjectsAsync(string prefix, CancellationToken cancel) => throw new NotSupportedException();

    public void Dispose()
    {
        _exchange.Dispose();
        _tee.Dispose();
        _wallet.Dispose();
    }

    private async Task<Result<T, OdynFailure>> Answer<T>(Func<T> answer)
    {
        await _clock.DelayAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        if (Throws() is { } thrown)
        {
            throw thrown;
        }

        return Fails is { } failure ? Result<T, OdynFailure>.Fail(failure, "told to") : Result<T, OdynFailure>.Ok(answer());
    }
}
