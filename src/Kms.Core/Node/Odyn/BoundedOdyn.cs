using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Odyn;

/// <summary>
/// Odyn with a time limit on every call, <see cref="Limits.OdynTimeoutMs"/>: one that hangs or throws costs a request its answer,
/// never the slot that it occupies. Nothing in the node sees the bare port.
/// </summary>
internal sealed class BoundedOdyn(IOdyn odyn, PortGuard guard) : IOdyn
{
    public Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel) =>
        RunAsync(odyn.GetIdentityAsync, cancel);

    public Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel) =>
        RunAsync(token => odyn.SignMessageAsync(message, token), cancel);

    /// <summary>A signature that is not the wallet's own is <see cref="OdynFailure.Malformed"/>.</summary>
    public async Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, WalletAddress self, CancellationToken cancel)
    {
        var answer = await SignMessageAsync(message, cancel);
        bool foreign = answer.TryGet(out var signature) && !(signature.TryRecover(message, out var signer) && signer == self);
        return foreign ? Result<EthereumSignature, OdynFailure>.Fail(OdynFailure.Malformed, "not the wallet's signature") : answer;
    }

    public Task<Result<byte[], OdynFailure>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) =>
        RunAsync(token => odyn.SignTransactionAsync(transaction, token), cancel);

    public Task<Result<byte[], OdynFailure>> RandomAsync(int count, CancellationToken cancel) =>
        RunAsync(token => odyn.RandomAsync(count, token), cancel);

    public Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) =>
        RunAsync(token => odyn.EncryptAsync(plaintext, receiver, token), cancel);

    public Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel) =>
        RunAsync(token => odyn.DecryptAsync(envelope, token), cancel);

    public Task<Result<byte[], OdynFailure>> AttestAsync(AttestationRequest request, CancellationToken cancel) =>
        RunAsync(token => odyn.AttestAsync(request, token), cancel);

    public Task<Result<byte[]?, OdynFailure>> GetObjectAsync(string key, CancellationToken cancel) =>
        RunAsync(token => odyn.GetObjectAsync(key, token), cancel);

    public Task<Result<bool, OdynFailure>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) =>
        RunAsync(token => odyn.PutObjectAsync(key, value, token), cancel);

    public Task<Result<bool, OdynFailure>> DeleteObjectAsync(string key, CancellationToken cancel) =>
        RunAsync(token => odyn.DeleteObjectAsync(key, token), cancel);

    public Task<Result<IReadOnlyList<string>, OdynFailure>> ListObjectsAsync(string prefix, CancellationToken cancel) =>
        RunAsync(token => odyn.ListObjectsAsync(prefix, token), cancel);

    private Task<Result<T, OdynFailure>> RunAsync<T>(Func<CancellationToken, Task<Result<T, OdynFailure>>> call, CancellationToken cancel) =>
        guard.RunAsync(
            WorkUnit.OdynPort, Limits.OdynTimeoutMs, call, why => Result<T, OdynFailure>.Fail(OdynFailure.Unavailable, why), cancel);
}
