namespace Kms.Client;

/// <summary>An app inside an enclave: its keys stay with Odyn.</summary>
/// <param name="odyn">Not owned.</param>
public sealed class OdynAppIdentity(IOdyn odyn) : IAppIdentity
{
    public Task<OdynResult<OdynIdentity>> GetAsync(CancellationToken cancel) => odyn.GetIdentityAsync(cancel);

    public Task<OdynResult<EthereumSignature>> SignAsync(string message, CancellationToken cancel) => odyn.SignMessageAsync(message, cancel);

    public Task<OdynResult<OdynEnvelope>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel) =>
        odyn.EncryptAsync(plaintext, receiver, cancel);

    public Task<OdynResult<byte[]>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel) => odyn.DecryptAsync(envelope, cancel);
}
