using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>
/// A wallet that signed this request for this node, freshly: minted by <see cref="ProofOfPossession"/> alone. It says who
/// asks, not what they may do, and its nonce is not consumed yet.
/// </summary>
internal sealed class ProvenWallet
{
    internal ProvenWallet(WalletAddress wallet, Proof proof, Nonce nonce, Bytes32 binding)
    {
        Wallet = wallet;
        Proof = proof;
        Nonce = nonce;
        Binding = binding;
    }

    public WalletAddress Wallet { get; }

    public Proof Proof { get; }

    public Nonce Nonce { get; }

    /// <summary><see cref="ProofMessages.Binding"/> of the signed message.</summary>
    public Bytes32 Binding { get; }
}
