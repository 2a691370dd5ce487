using System.Net;
using System.Text;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Network;
using Kms.Core.Node;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Fuzz;

/// <summary>Requests before anybody is authenticated, registered URLs with what DNS answers for them, and small texts.</summary>
internal static class RequestTargets
{
    private static readonly WalletAddress Wallet = WalletAddress.Parse("0x1111111111111111111111111111111111111111");
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly Nonces Nonces = new(new StoppedClock(), new NodeRandom(new byte[32], new byte[32]));

    public static IEnumerable<FuzzTarget> All =>
    [
        new("request", ReadRequest, () => [Request("x-app-"), Request("x-kms-")]),
        new("url", ReadUrl, () => Texts("https://n1.example:8443/", "http://127.0.0.1:80", "https://[2001:db8::1]", "https://xn--bcher-kva.example", "https://a--b.xn--zz.example")),
        new("text", ReadText, () => Texts("0x00ff", "AQID", "1111111111111111111111111111111111111111", new string('1', 64), new string('A', 64))),
    ];

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static byte[] Request(string prefix) => Encoding.UTF8.GetBytes(
        $"GET /kms/data?key=a%2Fb\n{prefix}signature: 0x{string.Concat(Enumerable.Repeat("11", 64))}1b\n{prefix}nonce: {Nonces.Issue()}\n{prefix}timestamp: 1795000000\n{prefix}wallet: {Wallet}\n{prefix}pop: 2");

    /// <summary>Lines: method and target, then headers.</summary>
    private static void ReadRequest(byte[] input)
    {
        string[] lines = Encoding.Latin1.GetString(input).Split('\n');
        string[] first = lines[0].Split(' ', 2);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => KeyValuePair.Create(pair[0], pair[^1])).ToList();
        var request = new KmsRequest(first[0], first[^1], headers, default);
        var screened = Screening.Screen(request);
        FuzzFailureException.Demand(screened.TryGet(out var route) == (route is not null), "neither a route nor a refusal");
        TargetGrammar.IsCanonical(request.Target);
        foreach (var scheme in (ProofScheme[])[ProofScheme.App, ProofScheme.Peer])
        {
            if (Proof.Parse(request, scheme).TryGet(out var proof))
            {
                ProvenWallet.Verify(request, scheme, proof, Nonces, Wallet, 1_795_000_000_000);
            }
        }
    }

    /// <summary>A line of text as the URL; the rest are addresses of 4 or 16 bytes, as DNS answers them.</summary>
    private static void ReadUrl(byte[] input)
    {
        int end = Array.IndexOf(input, (byte)'\n');
        string text = Encoding.UTF8.GetString(input.AsSpan(0, end < 0 ? input.Length : end));
        var addresses = Addresses(end < 0 ? [] : input[(end + 1)..]);
        foreach (bool proxied in (bool[])[false, true])
        {
            var policy = new AddressPolicy(new Resolver(addresses, proxied), [], rootIsAws: true);
            var pinned = policy.PinAsync(text, CancellationToken.None).GetAwaiter().GetResult();
            if (pinned.GetValueOrDefault() is PinnedEndpoint.Direct direct)
            {
                FuzzFailureException.Demand(!IPAddress.IsLoopback(direct.Address) && direct.Scheme == "https", "a private address");
            }
        }

        if (PeerUrl.TryParse(text, out var url))
        {
            // As the transport makes it: what parses here must not throw there.
            string host = url.Host.Contains(':', StringComparison.Ordinal) ? $"[{url.Host}]" : url.Host;
            var dialled = new Uri($"{url.Scheme}://{host}:{url.Port}/nonce", in Verbatim);
            FuzzFailureException.Demand(dialled.IdnHost.Length > 0 && dialled.Port == url.Port && dialled.AbsolutePath == "/nonce", "another URL is dialled");
            FuzzFailureException.Demand(PeerUrl.TryParse(url.ToString(), out var again) && again == url, "two readings of one URL");
        }
    }

    private static List<IPAddress> Addresses(byte[] bytes)
    {
        var addresses = new List<IPAddress>();
        for (int at = 0; at + 4 <= bytes.Length && addresses.Count < Limits.MaxResolvedAddresses + 2;)
        {
            int size = bytes[at] % 2 == 1 && at + 16 <= bytes.Length ? 16 : 4;
            addresses.Add(new IPAddress(bytes.AsSpan(at, size)));
            at += size;
        }

        return addresses;
    }

    private static void ReadText(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (Hex.TryDecode(text, 64, out byte[] bytes))
        {
            FuzzFailureException.Demand(Hex.EncodeBare(bytes).Equals(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text, StringComparison.OrdinalIgnoreCase), "two readings of one hex");
        }

        if (StrictBase64.TryDecode(input, FuzzTarget.MaxInputBytes, out byte[] decoded))
        {
            FuzzFailureException.Demand(Convert.ToBase64String(decoded) == text, "two encodings of one value");
        }

        Span<byte> exact = stackalloc byte[Limits.NonceBytes];
        StrictBase64.TryDecode(text, exact);
        _ = WalletAddress.TryParse(text, out _);
        _ = Bytes32.TryParse(text, out _);
        _ = EthereumSignature.TryParse(text, out _);
        _ = TeePublicKey.TryParse(text, out _);
        Nonces.Check(text, out _);
    }

    private sealed class Resolver(List<IPAddress> addresses, bool proxied) : ITransport
    {
        public TransportRoute RouteTo(string host) => proxied ? TransportRoute.Proxied : TransportRoute.Direct;

        public Task<Result<IReadOnlyList<IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel) =>
            Task.FromResult(Result<IReadOnlyList<IPAddress>, TransportFailure>.Ok(addresses));

        public Task<Result<PeerResponse, TransportFailure>> SendAsync(PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel) =>
            Task.FromResult(Result<PeerResponse, TransportFailure>.Fail(TransportFailure.Unreachable, string.Empty));
    }

    private sealed class StoppedClock : IClock
    {
        public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch;

        public TimeSpan Elapsed => TimeSpan.FromSeconds(1);

        public Task DelayAsync(TimeSpan duration, CancellationToken cancel) => Task.CompletedTask;
    }
}
