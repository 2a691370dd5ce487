using System.Net;
using System.Security.Cryptography;
using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Ports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kms.Hosting;

/// <summary>Builds a node on the registered ports from its configuration.</summary>
internal sealed class NodeFactory(
    IOptions<NovaKmsOptions> options, IChain chain, IOdyn odyn, IClock clock, ITransport transport, ILoggerFactory loggers)
{
    private const int HostEntropyBytes = 64;

    public KmsNode Create()
    {
        var given = options.Value;
        var log = loggers.CreateLogger<KmsNode>();
        byte[] entropy = SecretBytes.Allocate(HostEntropyBytes);
        RandomNumberGenerator.Fill(entropy);
        try
        {
            var nodeOptions = new KmsNodeOptions
            {
                AttestationRoot = RootOf(given),
                HostEntropy = entropy,
                FinalityDepthBlocks = given.FinalityDepth,
                BlockTimeMs = given.BlockTimeMs,
                AddressExceptions = [.. given.AddressExceptions.Select(IPEndPoint.Parse)],
                NodeUrl = given.NodeUrl,
                TickMs = given.TickMs,
                HeadPollMs = given.HeadPollMs,
                RequireV2 = given.RequireV2.Aggregate(RouteClasses.None, (all, name) => all | Enum.Parse<RouteClasses>(name, ignoreCase: true)),
                StatusReaders = [.. given.StatusReaders.Select(WalletAddress.Parse)],
                OnAudit = happened => Write(log, happened),
                OnStateChange = line => log.LogInformation("Readiness {State}", line),
            };
            log.LogInformation(
                "Starting: chain {ChainId} at {RpcUrl}, Odyn at {OdynUrl}, both waited for; peers {PeerRoute}; registry {KmsRegistry}, attestation root {RootFingerprint} ({RootKind})",
                given.ChainId, Origin(given.RpcUrl), Origin(given.OdynUrl), RouteOf(given), given.KmsRegistry, nodeOptions.AttestationRoot.Fingerprint, nodeOptions.AttestationRoot.IsAws ? "AWS" : "devnet");
            return new KmsNode(nodeOptions, chain, odyn, clock, transport);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(entropy);
        }
    }

    internal static AttestationRoot RootOf(NovaKmsOptions options)
    {
        if (options.AttestationRoot is { } root)
        {
            return root;
        }

        if (options.AttestationRootFile is not { } file)
        {
            return AttestationRoot.Aws;
        }

        byte[] bytes = File.ReadAllBytes(file);
        bool isPem = bytes.AsSpan().StartsWith("-----BEGIN"u8);
        string text = isPem ? System.Text.Encoding.ASCII.GetString(bytes) : string.Empty;
        return AttestationRoot.FromDer(isPem ? Convert.FromBase64String(text[PemEncoding.Find(text).Base64Data]) : bytes);
    }

    // Paths and queries of RPC providers hold API keys.
    private static string Origin(string url)
    {
        var at = new Uri(url);
        return $"{at.Scheme}://{at.Authority}";
    }

    private static string RouteOf(NovaKmsOptions given) => AdapterFactory.ProxyOf(given) switch
    {
        { Https: { } proxy } => $"through the proxy at {proxy.Authority} ({(given.ConnectProxy is null ? "environment" : "ConnectProxy")})",
        _ => "directly",
    };

    private static void Write(ILogger log, AuditEvent happened) =>
        log.LogInformation(
            "Audit {Sequence} {Kind} {Detail} {Hash}", happened.Sequence, happened.Name, happened.Detail, happened.Hash);
}
