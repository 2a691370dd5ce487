namespace Kms.Client;

/// <summary>An app inside an enclave: its keys stay with Odyn.</summary>
/// <param name="odyn">Not owned.</param>
public sealed class OdynAppIdentity(IOdyn odyn) : IAppIdentity
{
    public Task<Result<EthereumSignature, OdynFailure>> SignAsync(string message, CancellationToken cancel) => odyn.SignMessageAsync(message, cancel);

    public Task<Result<OdynEnvelope, OdynFailure>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) =>
        odyn.EncryptAsync(plaintext, receiver, cancel);

    public Task<Result<byte[], OdynFailure>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel) => odyn.DecryptAsync(envelope, cancel);
}
