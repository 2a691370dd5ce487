namespace Kms.Client;

/// <summary>Who the app is: a wallet that signs and a P-384 key that seals. Inside an enclave both belong to Odyn.</summary>
public interface IAppIdentity
{
    /// <summary>Wallet and P-384 key, as registered on-chain.</summary>
    Task<OdynResult<OdynIdentity>> GetAsync(CancellationToken cancel);

    /// <summary>EIP-191 personal_sign.</summary>
    Task<OdynResult<EthereumSignature>> SignAsync(string message, CancellationToken cancel);

    /// <summary>Seals for a node.</summary>
    Task<OdynResult<OdynEnvelope>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel);

    /// <summary>Opens a node's answer. The caller zeroes the plaintext.</summary>
    Task<OdynResult<byte[]>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel);
}
