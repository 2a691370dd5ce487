using System.Globalization;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>The proof headers of a request, of one exact grammar (design §7). Parsed is not verified.</summary>
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
    WalletAddress? ClaimedWallet)
{
    private const int MaxTimestampDigits = 11;

    /// <summary>The caller has refused repeated headers already.</summary>
    public static Result<Proof, ProofRefusal> Parse(KmsRequest request, ProofScheme scheme)
    {
        var signatureText = Header(request, scheme.SignatureHeader);
        var nonce = Header(request, scheme.NonceHeader);
        var timestamp = Header(request, scheme.TimestampHeader);
        if (signatureText is null || nonce is null || timestamp is null)
        {
            return Refused(ProofRefusal.Missing);
        }

        int version = Header(request, scheme.VersionHeader) switch
        {
            null => 1,
            "2" => 2,
            _ => 0,
        };
        if (version == 0 || !TryParseTimestamp(timestamp, out long seconds))
        {
            return Refused(ProofRefusal.Malformed);
        }

        WalletAddress? claimed = null;
        if (Header(request, scheme.WalletHeader) is { } walletText)
        {
            if (!WalletAddress.TryParse(walletText, out var wallet))
            {
                return Refused(ProofRefusal.Malformed);
            }

            claimed = wallet;
        }

        if (version == 1 && !scheme.AcceptsV1)
        {
            return Refused(ProofRefusal.Version);
        }

        return EthereumSignature.TryParse(signatureText, out var signature)
            ? Result<Proof, ProofRefusal>.Ok(new Proof(version, signatureText, signature, nonce, timestamp, seconds, claimed))
            : Refused(ProofRefusal.SignatureInvalid);
    }

    private static Result<Proof, ProofRefusal> Refused(ProofRefusal why) => Result<Proof, ProofRefusal>.Fail(why);

    private static string? Header(KmsRequest request, string name)
    {
        foreach (var (key, value) in request.Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>Plain decimal digits, no sign, no leading zero: one number has one text.</summary>
    private static bool TryParseTimestamp(string text, out long seconds)
    {
        seconds = 0;
        return text.Length is > 0 and <= MaxTimestampDigits
            && text[0] != '0'
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds);
    }
}

/// <summary>
/// A wallet that signed this request for this node, freshly. Nothing makes one but the check itself, <see cref="Verify"/>. It says
/// who asks, not what they may do, and its nonce is not consumed yet: that is one atomic step after the registry was asked.
/// </summary>
internal sealed class ProvenWallet
{
    private ProvenWallet(WalletAddress wallet, Proof proof, Nonce nonce, Bytes32 channelBinding)
    {
        Wallet = wallet;
        Proof = proof;
        Nonce = nonce;
        ChannelBinding = channelBinding;
    }

    public WalletAddress Wallet { get; }

    public Proof Proof { get; }

    public Nonce Nonce { get; }

    /// <summary><see cref="ProofMessages.ChannelBinding"/> of the signed message.</summary>
    public Bytes32 ChannelBinding { get; }

    /// <summary>Nonce MAC and age, then timestamp, then signer: the cheap checks first.</summary>
    /// <param name="kmsWallet">This node's wallet: proofs for another recipient do not verify here.</param>
    /// <param name="trustedNowMs">Trusted time, Unix milliseconds.</param>
    public static Result<ProvenWallet, ProofRefusal> Verify(
        KmsRequest request, ProofScheme scheme, Proof proof, Nonces nonces, WalletAddress kmsWallet, long trustedNowMs)
    {
        if (proof.Version == 2 && !TargetGrammar.IsCanonical(request.Target))
        {
            return Refused(ProofRefusal.BadTarget);
        }

        var check = nonces.Check(proof.Nonce, out var nonce);
        if (check != NonceCheck.Ok || nonce is null)
        {
            return Refused(check switch
            {
                NonceCheck.Malformed => ProofRefusal.Malformed,
                NonceCheck.Expired => ProofRefusal.NonceExpired,
                _ => ProofRefusal.NonceNotOurs,
            });
        }

        // Existing clients sign by enclave clocks that drift either way. The nonce, not the timestamp, is what makes a proof fresh.
        long maxSkewMs = proof.Version == 1 ? Limits.ProofV1MaxSkewMs : Limits.ProofMaxSkewMs;
        long timestampMs = proof.TimestampSeconds * 1000;
        if (timestampMs < trustedNowMs - Limits.ProofMaxAgeMs || timestampMs > trustedNowMs + maxSkewMs)
        {
            return Refused(ProofRefusal.TimestampStale);
        }

        var message = scheme.Message(proof, kmsWallet, request.Method, request.Target, request.Body.Span);
        if (!proof.Signature.TryRecover(message, out var signer))
        {
            return Refused(ProofRefusal.SignatureInvalid);
        }

        // A signature over any other text recovers to some other wallet: only the claim can tell a wrong recipient or an
        // altered request from an unregistered wallet.
        return proof.ClaimedWallet is { } claimed && claimed != signer
            ? Refused(ProofRefusal.WrongSigner)
            : Result<ProvenWallet, ProofRefusal>.Ok(new ProvenWallet(signer, proof, nonce, ProofMessages.ChannelBinding(message)));
    }

    private static Result<ProvenWallet, ProofRefusal> Refused(ProofRefusal why) => Result<ProvenWallet, ProofRefusal>.Fail(why);
}

/// <summary>Why a proof was not accepted. Each is 401 on the wire, but for <see cref="BadTarget"/> (400).</summary>
internal enum ProofRefusal
{
    Missing,
    Malformed,

    /// <summary>v1 where v2 is required.</summary>
    Version,

    /// <summary>v2 over a target that v2 cannot sign.</summary>
    BadTarget,
    NonceNotOurs,
    NonceExpired,
    TimestampStale,

    /// <summary>Not 65 bytes of hex, r or s out of range, high s, v not 27 or 28, or no key recovers.</summary>
    SignatureInvalid,

    /// <summary>The claimed wallet did not sign this: another recipient, request or signer.</summary>
    WrongSigner,
}
