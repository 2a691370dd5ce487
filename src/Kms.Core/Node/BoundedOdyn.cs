using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>
/// Odyn with a time limit on every call, <see cref="Limits.OdynTimeoutMs"/>: one that hangs or throws costs a request its answer,
/// never the slot that it occupies. Nothing in the node sees the bare port.
/// </summary>
internal sealed class BoundedOdyn(IOdyn odyn, PortGuard guard) : IOdyn
{
    public Task<OdynResult<OdynIdentity>> GetIdentityAsync(CancellationToken cancel) =>
        RunAsync(odyn.GetIdentityAsync, cancel);

    public Task<OdynResult<EthereumSignature>> SignMessageAsync(string message, CancellationToken cancel) =>
        RunAsync(token => odyn.SignMessageAsync(message, token), cancel);

    /// <summary>A signature that is not the wallet's own is <see cref="OdynFailure.Malformed"/>.</summary>
    public async Task<OdynResult<EthereumSignature>> SignMessageAsync(string message, WalletAddress self, CancellationToken cancel)
    {
        var answer = await SignMessageAsync(message, cancel);
        bool foreign = answer.TryGet(out var signature) && !(signature.TryRecover(message, out var signer) && signer == self);
        return foreign ? OdynResult<EthereumSignature>.Fail(OdynFailure.Malformed, "not the wallet's signature") : answer;
    }

    public Task<OdynResult<byte[]>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) =>
        RunAsync(token => odyn.SignTransactionAsync(transaction, token), cancel);

    public Task<OdynResult<byte[]>> RandomAsync(int count, CancellationToken cancel) =>
        RunAsync(token => odyn.RandomAsync(count, token), cancel);

    public Task<OdynResult<OdynEnvelope>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) =>
        RunAsync(token => odyn.EncryptAsync(plaintext, receiver, token), cancel);

    public Task<OdynResult<byte[]>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel) =>
        RunAsync(token => odyn.DecryptAsync(envelope, token), cancel);

    public Task<OdynResult<byte[]>> AttestAsync(AttestationRequest request, CancellationToken cancel) =>
        RunAsync(token => odyn.AttestAsync(request, token), cancel);

    public Task<OdynResult<byte[]?>> GetObjectAsync(string key, CancellationToken cancel) =>
        RunAsync(token => odyn.GetObjectAsync(key, token), cancel);

    public Task<OdynResult<bool>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) =>
        RunAsync(token => odyn.PutObjectAsync(key, value, token), cancel);

    public Task<OdynResult<bool>> DeleteObjectAsync(string key, CancellationToken cancel) =>
        RunAsync(token => odyn.DeleteObjectAsync(key, token), cancel);

    public Task<OdynResult<IReadOnlyList<string>>> ListObjectsAsync(string prefix, CancellationToken cancel) =>
        RunAsync(token => odyn.ListObjectsAsync(prefix, token), cancel);

    private Task<OdynResult<T>> RunAsync<T>(Func<CancellationToken, Task<OdynResult<T>>> call, CancellationToken cancel) =>
        guard.RunAsync(
            WorkUnit.OdynPort, Limits.OdynTimeoutMs, call, why => OdynResult<T>.Fail(OdynFailure.Unavailable, why), cancel);
}
