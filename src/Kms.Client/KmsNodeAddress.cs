namespace Kms.Client;

/// <summary>A node of the cluster as the chain knows it.</summary>
/// <param name="Wallet">Signs its answers.</param>
/// <param name="TeePublicKey">Requests are sealed to it, and answers must come from it.</param>
/// <param name="Url">Where it is asked.</param>
public sealed record KmsNodeAddress(WalletAddress Wallet, TeePublicKey TeePublicKey, string Url);
