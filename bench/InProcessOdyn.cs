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

    public Task<OdynResult<OdynIdentity>> GetIdentityAsync(CancellationToken cancel) => Task.FromResult(OdynResult<OdynIdentity>.Ok(Identity));

    public Task<OdynResult<EthereumSignature>> SignMessageAsync(string message, CancellationToken cancel) =>
        Task.FromResult(OdynResult<EthereumSignature>.Ok(_wallet.SignMessage(message)));

    public Task<OdynResult<OdynEnvelope>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel)
    {
        BitConverter.TryWriteBytes(_iv, ++_count);
        return Task.FromResult(OdynResult<OdynEnvelope>.Ok(_exchange.Seal(plaintext.Span, receiver, _iv)));
    }

    public Task<OdynResult<byte[]>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel) => Task.FromResult(
        _exchange.TryOpen(envelope, out var plaintext)
            ? OdynResult<byte[]>.Ok(plaintext)
            : OdynResult<byte[]>.Fail(OdynFailure.Refused, "does not open"));

    public Task<OdynResult<byte[]>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) => throw new NotSupportedException();

    public Task<OdynResult<byte[]>> RandomAsync(int count, CancellationToken cancel) => throw new NotSupportedException();

    public Task<OdynResult<byte[]>> AttestAsync(AttestationRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public Task<OdynResult<byte[]?>> GetObjectAsync(string key, CancellationToken cancel) => throw new NotSupportedException();

    public Task<OdynResult<bool>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) => throw new NotSupportedException();

    public Task<OdynResult<bool>> DeleteObjectAsync(string key, CancellationToken cancel) => throw new NotSupportedException();

    public Task<OdynResult<IReadOnlyList<string>>> ListObjectsAsync(string prefix, CancellationToken cancel) => throw new NotSupportedException();

    public void Dispose()
    {
        _exchange.Dispose();
        _tee.Dispose();
        _wallet.Dispose();
    }
}
