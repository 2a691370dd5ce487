namespace Kms.Client;

/// <summary>Who the app is: a wallet that signs and a P-384 key that seals. Inside an enclave both belong to Odyn.</summary>
public interface IAppIdentity
{
    /// <summary>EIP-191 personal_sign.</summary>
    Task<Result<EthereumSignature, OdynFailure>> SignAsync(string message, CancellationToken cancel);

    /// <summary>Seals for a node.</summary>
    Task<Result<OdynEnvelope, OdynFailure>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel);

    /// <summary>Opens a node's answer. The caller zeroes the plaintext.</summary>
    Task<Result<byte[], OdynFailure>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel);
}
