using System.Globalization;
using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>
/// The exact texts that are signed (EIP-191 personal_sign of their UTF-8 bytes), for nodes and clients alike.
/// docs/spec/wire-v1.md and docs/spec/wire-v2.md; vectors in docs/spec/vectors/pop-v2.json.
/// </summary>
/// <remarks>Nonces, timestamps and client signatures go in verbatim, as they stand in the headers.</remarks>
internal static class ProofMessages
{
    /// <summary>App proof v1: bound to a node and a moment, not to the request.</summary>
    public static string AppV1(string nonce, WalletAddress kmsWallet, string timestamp) =>
        $"NovaKMS:AppAuth:{nonce}:{kmsWallet}:{timestamp}";

    /// <summary>App proof v2: bound to method, target and body too.</summary>
    /// <param name="target">The raw request target as sent; <see cref="TargetGrammar.IsCanonical"/> must hold.</param>
    /// <param name="body">The body bytes as sent; an absent body is empty.</param>
    public static string AppV2(string nonce, WalletAddress kmsWallet, string timestamp, string method, string target, ReadOnlySpan<byte> body) =>
        $"NovaKMS:AppAuth:2:{nonce}:{kmsWallet}:{timestamp}:{method}:{target}:{BodyHash(body)}";

    /// <summary>Peer proof v2, for <c>/sync</c> and the detailed <c>/status</c>.</summary>
    public static string PeerV2(string nonce, WalletAddress recipient, string timestamp, string method, string target, ReadOnlySpan<byte> body) =>
        $"NovaKMS:Auth:2:{nonce}:{recipient}:{timestamp}:{method}:{target}:{BodyHash(body)}";

    /// <summary>What <c>X-KMS-Response-Signature</c> signs.</summary>
    public static string ResponseV1(string clientSignature, WalletAddress kmsWallet) =>
        $"NovaKMS:Response:{clientSignature}:{kmsWallet}";

    /// <summary>What <c>X-KMS-Response-Signature-2</c> signs: bound to status and body.</summary>
    public static string ResponseV2(string clientSignature, WalletAddress kmsWallet, int status, ReadOnlySpan<byte> body) =>
        string.Create(CultureInfo.InvariantCulture, $"NovaKMS:Response:2:{clientSignature}:{kmsWallet}:{status}:{BodyHash(body)}");

    /// <summary>
    /// SHA-256 of a v2 proof message up to its body hash, which it leaves out: what sealed sync messages are bound to. A sealed
    /// body cannot name its own hash; the nonce, used once, names the exchange, and the proof binds the body to the nonce.
    /// </summary>
    public static Bytes32 ChannelBinding(string proofMessage) =>
        Bytes32.From(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(proofMessage[..(proofMessage.LastIndexOf(':') + 1)])));

    private static string BodyHash(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Hex.EncodeBare(hash);
    }
}
