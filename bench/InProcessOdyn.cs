using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Benchmarks;

/// <summary>Odyn without HTTP: the cryptography that it does for a request, and nothing else.</summary>
internal sealed class InProcessOdyn : IOdyn, IDisposable
{
    private readonly EthereumPrivateKey _wallet = EthereumPrivateKey.Import(Inputs.Filled(9, 32));
    private readonly TeePrivateKey _tee = Inputs.Tee(9);
    private readonly SealedExchange _exchange;
    private readonly byte[] _iv = new byte[12];
    private long _count;

    public InProcessOdyn()
    {
        _exchange = new SealedExchange(_tee, maxPeers: 8);
        Identity = new OdynIdentity(_wallet.Wallet, _tee.PublicKey);
    }

    public OdynIdentity Identity { get; }

    public Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel) => Task.FromResult(Result<OdynIdentity, OdynFailure>.Ok(Identity));

    public Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel) =>
        Task.FromResult(Result<EthereumSignature, OdynFailure>.Ok(_wallet.SignMessage(message)));

    public Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel)
    {
        BitConverter.TryWriteBytes(_iv, ++_count);
        return Task.FromResult(Result<OdynEnvelope, OdynFailure>.Ok(_exchange.Seal(plaintext.Span, receiver, _iv)));
    }

    public Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel) => Task.FromResult(
        _exchange.TryOpen(envelope, out var plaintext)
            ? Result<byte[], OdynFailure>.Ok(plaintext)
            : Result<byte[], OdynFailure>.Fail(OdynFailure.Refused, "does not open"));

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
    }
}
