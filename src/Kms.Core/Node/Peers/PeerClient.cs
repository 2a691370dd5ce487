using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Kms.Core.Attestation;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Membership;
using Kms.Core.Node.Api;
using Kms.Core.Node.Odyn;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Peers;

/// <summary>
/// Calls peers: a nonce of theirs, a v2 proof signed through Odyn, an answer that must be signed for exactly this request.
/// Replication messages travel sealed under the epoch's channel key.
/// </summary>
internal sealed class PeerClient(
    PeerDialer dialer, BoundedOdyn odyn, TrustedTime time, NodeRandom random, SecretRing secrets, WalletAddress self) : IPeerChannel
{
    private const string Method = "POST";
    private const string Target = "/sync";
    private const int MaxNonceAnswerBytes = 1024;

    public async Task<PeerExchange> ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        Bytes32 binding = default;
        var reply = await PostAsync(peer, bound => Seal(peer, epoch, binding = bound, message.Span), cancel);
        if (!reply.IsOk)
        {
            return new PeerExchange(null, reply.Describe()) { LacksEpoch = reply.LacksEpoch };
        }

        return TryOpen(peer, epoch, binding, reply.Body, out byte[] answer)
            ? new PeerExchange(answer, null)
            : new PeerExchange(null, "the answer is not sealed for this exchange");
    }

    /// <summary>A fresh nonce of the peer, as text.</summary>
    public async Task<(string? Nonce, string Failure)> GetNonceAsync(VerifiedPeer peer, CancellationToken cancel)
    {
        var request = new PeerRequest(
            "GET", "/nonce", [], ReadOnlyMemory<byte>.Empty, MaxNonceAnswerBytes, TimeSpan.FromMilliseconds(Limits.PeerTimeoutMs));
        var (response, failure) = await dialer.SendAsync(peer.Instance.Url, request, cancel);
        if (response is not { Status: 200 })
        {
            return (null, response is null ? failure : $"status {response.Status}");
        }

        // Unsigned, and need not be signed: a nonce of anyone else makes a proof that the peer refuses.
        return PeerJson.TryReadNonce(response.Body, out string? nonce) ? (nonce, string.Empty) : (null, "no nonce in the answer");
    }

    /// <summary>Posts to <c>/sync</c> under a proof.</summary>
    /// <param name="body">Makes the body, given what it may be bound to; null gives up.</param>
    public async Task<PeerReply> PostAsync(VerifiedPeer peer, Func<Bytes32, byte[]?> body, CancellationToken cancel)
    {
        if (!time.IsSet)
        {
            return PeerReply.Failed("no trusted time");
        }

        var (nonce, failure) = await GetNonceAsync(peer, cancel);
        if (nonce is null)
        {
            return PeerReply.Failed(failure);
        }

        string timestamp = (time.NowMs / 1000).ToString(CultureInfo.InvariantCulture);
        var binding = ProofMessages.ChannelBinding(ProofMessages.PeerV2(nonce, peer.Wallet, timestamp, Method, Target, []));
        if (body(binding) is not { } bytes)
        {
            return PeerReply.Failed("the epoch's secret is not usable here");
        }

        var signed = await odyn.SignMessageAsync(ProofMessages.PeerV2(nonce, peer.Wallet, timestamp, Method, Target, bytes), self, cancel);
        if (!signed.TryGet(out var signature))
        {
            return PeerReply.Failed($"Odyn: {signed.Failure}");
        }

        var proof = signature.ToString();
        var (response, lost) = await dialer.SendAsync(peer.Instance.Url, Request(nonce, timestamp, proof, bytes), cancel);
        return response is null ? PeerReply.Failed(lost) : Verify(peer, proof, response);
    }

    private PeerRequest Request(string nonce, string timestamp, string proof, byte[] body) => new(
        Method, Target, Headers(nonce, timestamp, proof, self), body, Limits.MaxSyncBodyBytes, TimeSpan.FromMilliseconds(Limits.PeerTimeoutMs));

    /// <summary>Those of a message under a v2 peer proof.</summary>
    internal static IReadOnlyList<KeyValuePair<string, string>> Headers(string nonce, string timestamp, string proof, WalletAddress self) =>
    [
        new(ProofScheme.Peer.SignatureHeader, proof),
        new(ProofScheme.Peer.NonceHeader, nonce),
        new(ProofScheme.Peer.TimestampHeader, timestamp),
        new(ProofScheme.Peer.WalletHeader, self.ToString()),
        new(ProofScheme.Peer.VersionHeader, "2"),
        new("content-type", "application/cbor"),
    ];

    private static PeerReply Verify(VerifiedPeer peer, string proof, PeerResponse response)
    {
        // An unsigned answer is nobody's: any hop may have made it up.
        return ResponseSigner.IsSignedBy(response, peer.Wallet, proof)
            ? new PeerReply(response.Status, response.Body, null)
            {
                LacksEpoch = response.Status == 503 && PeerJson.ErrorCode(response.Body) == ApiErrors.CodeOf(ApiError.EpochUnavailable),
            }
            : PeerReply.Failed($"unsigned answer with status {response.Status}");
    }

    private byte[]? Seal(VerifiedPeer peer, Epoch epoch, Bytes32 binding, ReadOnlySpan<byte> message)
    {
        Span<byte> key = stackalloc byte[ChannelCipher.KeyBytes];
        Span<byte> nonce = stackalloc byte[ChannelCipher.NonceBytes];
        try
        {
            if (!secrets.TryDeriveChannelKey(epoch, self, peer.Wallet, key))
            {
                return null;
            }

            random.Fill(nonce);
            return ChannelCipher.Seal(key, epoch, binding, ChannelDirection.Request, nonce, message);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        }
    }

    private bool TryOpen(VerifiedPeer peer, Epoch epoch, Bytes32 binding, ReadOnlyMemory<byte> body, out byte[] answer)
    {
        Span<byte> key = stackalloc byte[ChannelCipher.KeyBytes];
        answer = [];
        try
        {
            return secrets.TryDeriveChannelKey(epoch, self, peer.Wallet, key)
                && ChannelCipher.TryOpen(key, epoch, binding, ChannelDirection.Answer, body, out answer);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        }
    }
}

/// <summary>A peer's answer that its wallet signed for exactly our request, or why there is none.</summary>
/// <param name="Status">HTTP status; zero without an authentic answer.</param>
/// <param name="Failure">For operators; null when there is an authentic answer, whatever its status.</param>
internal sealed record PeerReply(int Status, ReadOnlyMemory<byte> Body, string? Failure)
{
    public bool IsOk => Failure is null && Status == 200;

    /// <summary>The peer said, signed, that it does not hold the epoch.</summary>
    public bool LacksEpoch { get; init; }

    public static PeerReply Failed(string failure) => new(0, default, failure);

    public string Describe() => Failure ?? $"status {Status}";
}

/// <summary>Reads the JSON answers of peers that the node looks at: <c>/nonce</c>, <c>/status</c> and refusals. Hostile text.</summary>
internal static class PeerJson
{
    public static bool TryReadNonce(ReadOnlyMemory<byte> body, [NotNullWhen(true)] out string? nonce)
    {
        Span<byte> bytes = stackalloc byte[Limits.NonceBytes];
        nonce = Read(body)["nonce"].Text is { } text && StrictBase64.TryDecode(text, bytes) ? text : null;
        return nonce is not null;
    }

    /// <summary>True when the answer says that the node serves.</summary>
    public static bool SaysReady(ReadOnlyMemory<byte> body) => Read(body)["ready"].Boolean == true;

    /// <summary><c>error.code</c> of a refusal, or null.</summary>
    public static string? ErrorCode(ReadOnlyMemory<byte> body) => Read(body)["error"]["code"].Text;

    private static JsonValue Read(ReadOnlyMemory<byte> body) =>
        StrictJson.TryParse(body, Limits.MaxStatusAnswerBytes, out var json) ? json : JsonValue.Absent;
}
