using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>The two families of proofs: same grammar, other headers and another domain in the signed text.</summary>
internal sealed class ProofScheme
{
    /// <summary>Apps: v1 and v2.</summary>
    public static ProofScheme App { get; } = new("x-app-", acceptsV1: true);

    /// <summary>Peers and status readers: v2 only (design §7).</summary>
    public static ProofScheme Peer { get; } = new("x-kms-", acceptsV1: false);

    private readonly string _prefix;

    private ProofScheme(string prefix, bool acceptsV1)
    {
        _prefix = prefix;
        SignatureHeader = prefix + "signature";
        NonceHeader = prefix + "nonce";
        TimestampHeader = prefix + "timestamp";
        WalletHeader = prefix + "wallet";
        VersionHeader = prefix + "pop";
        AcceptsV1 = acceptsV1;
    }

    public string SignatureHeader { get; }

    public string NonceHeader { get; }

    public string TimestampHeader { get; }

    public string WalletHeader { get; }

    public string VersionHeader { get; }

    public bool AcceptsV1 { get; }

    /// <summary>Whether a header is one of this family, known or not.</summary>
    public bool Owns(string header) => header.StartsWith(_prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The text that the proof must sign.</summary>
    public string Message(Proof proof, WalletAddress kmsWallet, string method, string target, ReadOnlySpan<byte> body)
    {
        if (proof.Version == 1)
        {
            Invariant.Require(AcceptsV1);
            return ProofMessages.AppV1(proof.Nonce, kmsWallet, proof.Timestamp);
        }

        return MessageV2(proof.Nonce, kmsWallet, proof.Timestamp, method, target, body);
    }

    /// <summary>The text that a proof of version 2 signs.</summary>
    public string MessageV2(string nonce, WalletAddress kmsWallet, string timestamp, string method, string target, ReadOnlySpan<byte> body) => this == App
        ? ProofMessages.AppV2(nonce, kmsWallet, timestamp, method, target, body)
        : ProofMessages.PeerV2(nonce, kmsWallet, timestamp, method, target, body);
}
