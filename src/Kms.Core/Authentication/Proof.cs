using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>The proof headers of a request, parsed. Parsed is not verified.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="SignatureText">Verbatim: response signatures name it so.</param>
/// <param name="Nonce">Verbatim base64 text.</param>
/// <param name="Timestamp">Verbatim decimal Unix seconds.</param>
/// <param name="TimestampSeconds">The same, as a number.</param>
/// <param name="ClaimedWallet">The optional wallet header.</param>
internal sealed record Proof(
    int Version,
    string SignatureText,
    EthereumSignature Signature,
    string Nonce,
    string Timestamp,
    long TimestampSeconds,
    WalletAddress? ClaimedWallet);
