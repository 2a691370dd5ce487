using System.Text;
using Kms.Adapters.Transport;
using Kms.Core;
using Kms.Core.Network;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Hosting.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kms.Fuzz;

/// <summary>What comes over HTTP outside of bodies: headers both ways, a proxy's answer, configured URLs.</summary>
internal static class TransportTargets
{
    private const string Origin = "https://app.example";
    private static readonly WalletAddress Wallet = WalletAddress.Parse("0x1111111111111111111111111111111111111111");
    private static readonly CorsRules Cors = new([Origin]);
    private static readonly string Proof = $"0x{string.Concat(Enumerable.Repeat("11", 64))}1b";

    public static IEnumerable<FuzzTarget> All =>
    [
        new("tunnel", ReadTunnel, () => Texts("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n\u0016\u0003\u0001", "HTTP/1.0 200\r\n\r\n", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")),
        new("headers", ReadHeaders, HeaderSeeds),
        new("response-headers", ReadResponse, () => Texts($"200\n{ResponseSigner.V2Header}: {Proof}\nContent-Type: application/json", $"503\n{ResponseSigner.V1Header}: {Proof}\n{ResponseSigner.V2Header.ToLowerInvariant()}: {Proof}")),
        new("http-url", ReadHttpUrl, () => Texts("http://127.0.0.1:8545", "https://rpc.example/v1/key?x=1#f", "https://user@[2001:db8::1]:1/", "http://xn--\u00fc.example", "HTTP://B\u00fccher.example")),
    ];

    private static IEnumerable<byte[]> Texts(params string[] texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static IEnumerable<byte[]> HeaderSeeds() => Texts(
        $"GET /kms/data?key=a\nx-app-signature: {Proof}\nx-app-nonce: AAAA\nx-app-timestamp: 1795000000\nX-Forwarded-For: 127.0.0.1, [::1]:80",
        $"POST /sync\nx-kms-signature: {Proof}\nx-kms-nonce: AAAA\nx-kms-timestamp: 1795000000\nx-kms-wallet: {Wallet}\nx-kms-pop: 2\nContent-Type: application/cbor; charset=\"\"\nContent-Length: 5",
        $"OPTIONS /kms/derive\nOrigin: {Origin}\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: x-app-nonce",
        $"GET /status\nOrigin: {Origin}\nOrigin: null\nContent-Length: 99999999999999999999\nExpect: 100-continue\nTransfer-Encoding: chunked");

    private static void ReadTunnel(byte[] input)
    {
        var answer = new ConnectAnswer();
        int taken = 0;
        while (taken < input.Length && answer.Take(input[taken++]))
        {
        }

        int end = input.AsSpan().IndexOf("\r\n\r\n"u8);
        int whole = end < 0 || end + 4 > ConnectAnswer.MaxBytes ? Math.Min(input.Length, ConnectAnswer.MaxBytes) : end + 4;
        FuzzFailureException.Demand(taken == whole, "bytes of the tunnel were taken, or bytes of the answer left");
        FuzzFailureException.Demand(answer.HasEnded == (end >= 0 && end + 4 <= ConnectAnswer.MaxBytes), "another end");
        FuzzFailureException.Demand(!answer.OpensTunnel || (answer.HasEnded && input.AsSpan().StartsWith("HTTP/1."u8)), "a tunnel that nobody opened");
        FuzzFailureException.Demand(answer.StatusLine.Length <= ConnectAnswer.MaxLineChars && !answer.StatusLine.Any(char.IsControl), "a line that is not for people");
    }

    /// <summary>Lines: method and target, then headers, as the host's endpoint gets them from Kestrel, which has no header without a name.</summary>
    private static void ReadHeaders(byte[] input)
    {
        string[] lines = Encoding.UTF8.GetString(input).Split('\n');
        string[] first = lines[0].Split(' ', 2);
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = first[^1];
        context.Request.Method = first[0];
        foreach (string[] pair in lines.Skip(1).Select(line => line.Split(": ", 2)).Where(pair => pair[0].Length > 0))
        {
            context.Request.Headers.Append(pair[0], pair[^1]);
        }

        var endpoint = new KmsHttpEndpoint(Answer, Cors, new BodyBudget(FuzzTarget.MaxInputBytes), TimeSpan.FromMinutes(1));
        endpoint.HandleAsync(context).GetAwaiter().GetResult();
        FuzzFailureException.Demand(context.Response.StatusCode is 200 or 204 or 503 or (>= 400 and < 500), "no answer of ours");
        foreach (var (name, values) in context.Response.Headers)
        {
            // What Kestrel would refuse to write, it throws for.
            FuzzFailureException.Demand(values.All(value => value is not null && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')), $"{name}: not visible ASCII");
        }
    }

    private static Task<KmsResponse> Answer(KmsRequest request, CancellationToken cancel)
    {
        var screened = Screening.Screen(request);
        FuzzFailureException.Demand(screened.TryGet(out var route) == (route is not null), "neither a route nor a refusal");
        return Task.FromResult(new KmsResponse(screened.Failure is { } refusal ? ApiErrors.StatusOf(refusal.Error) : 200, [], Array.Empty<byte>()));
    }

    /// <summary>Lines: a status, then headers. What a node or a peer answers before anything of its body counts.</summary>
    private static void ReadResponse(byte[] input)
    {
        string[] lines = Encoding.Latin1.GetString(input).Split('\n');
        _ = int.TryParse(lines[0], out int status);
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => KeyValuePair.Create(pair[0], pair[^1])).ToList();
        var response = new PeerResponse(status, headers, input);
        FuzzFailureException.Demand(!ResponseSigner.IsSignedBy(response, Wallet, Proof), "a signature of nobody");
        _ = response.Header("retry-after");
    }

    private static void ReadHttpUrl(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        if (HttpUrl.TryParse(text, out var url))
        {
            // As HTTP's client dials it.
            var request = new Uri(url, "/v1/x");
            FuzzFailureException.Demand(request.IdnHost == url.IdnHost && request.Port is >= 0 and <= 65535 && request.AbsolutePath == "/v1/x", "another URL is dialled");
            _ = url.GetLeftPart(UriPartial.Authority) + url.DnsSafeHost + url.PathAndQuery;
        }
    }
}
