using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>Odyn's calls that the node itself makes, each bounded by <see cref="Limits.OdynTimeoutMs"/>.</summary>
internal sealed class BoundedOdyn(IOdyn odyn, IClock clock)
{
    public Task<OdynResult<OdynIdentity>> GetIdentityAsync(CancellationToken cancel) =>
        RunAsync(odyn.GetIdentityAsync, cancel);

    public Task<OdynResult<byte[]>> RandomAsync(int count, CancellationToken cancel) =>
        RunAsync(token => odyn.RandomAsync(count, token), cancel);

    public Task<OdynResult<byte[]>> AttestAsync(AttestationRequest request, CancellationToken cancel) =>
        RunAsync(token => odyn.AttestAsync(request, token), cancel);

    public Task<OdynResult<byte[]>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) =>
        RunAsync(token => odyn.SignTransactionAsync(transaction, token), cancel);

    /// <summary>A signature that is not the wallet's own is <see cref="OdynFailure.Malformed"/>.</summary>
    public async Task<OdynResult<EthereumSignature>> SignMessageAsync(string message, WalletAddress self, CancellationToken cancel)
    {
        var answer = await RunAsync(token => odyn.SignMessageAsync(message, token), cancel);
        bool foreign = answer.TryGet(out var signature) && !(signature.TryRecover(message, out var signer) && signer == self);
        return foreign ? OdynResult<EthereumSignature>.Fail(OdynFailure.Malformed, "not the wallet's signature") : answer;
    }

    private Task<OdynResult<T>> RunAsync<T>(Func<CancellationToken, Task<OdynResult<T>>> call, CancellationToken cancel) =>
        Deadline.RunAsync(
            clock, Limits.OdynTimeoutMs, call, () => OdynResult<T>.Fail(OdynFailure.Unavailable, "no answer in time"), cancel);
}
