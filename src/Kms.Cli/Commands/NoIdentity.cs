using Kms.Client;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Cli.Commands;

/// <summary>For commands that speak for no app.</summary>
internal sealed class NoIdentity : IAppIdentity
{
    private const string Why = "this command speaks for no app";

    public Task<Result<EthereumSignature, OdynFailure>> SignAsync(string message, CancellationToken cancel) => Fail<EthereumSignature>();

    public Task<Result<OdynEnvelope, OdynFailure>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) => Fail<OdynEnvelope>();

    public Task<Result<byte[], OdynFailure>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel) => Fail<byte[]>();

    private static Task<Result<T, OdynFailure>> Fail<T>() => Task.FromResult(Result<T, OdynFailure>.Fail(OdynFailure.Unavailable, Why));
}
