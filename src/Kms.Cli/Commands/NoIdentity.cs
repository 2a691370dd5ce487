using Kms.Client;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Cli.Commands;

/// <summary>For commands that speak for no app.</summary>
internal sealed class NoIdentity : IAppIdentity
{
    private const string Why = "this command speaks for no app";

    public Task<OdynResult<OdynIdentity>> GetAsync(CancellationToken cancel) => Fail<OdynIdentity>();

    public Task<OdynResult<EthereumSignature>> SignAsync(string message, CancellationToken cancel) => Fail<EthereumSignature>();

    public Task<OdynResult<OdynEnvelope>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) => Fail<OdynEnvelope>();

    public Task<OdynResult<byte[]>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel) => Fail<byte[]>();

    private static Task<OdynResult<T>> Fail<T>() => Task.FromResult(OdynResult<T>.Fail(OdynFailure.Unavailable, Why));
}
