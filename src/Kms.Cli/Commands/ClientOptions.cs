using System.CommandLine;
using System.Net;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Odyn;
using Kms.Adapters.Transport;
using Kms.Client;
using Kms.Core.Cryptography;
using Kms.Core.Network;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet;

namespace Kms.Cli.Commands;

/// <summary>How commands that use a cluster find it, and whom they speak for.</summary>
internal sealed class ClientOptions
{
    private static readonly string DefaultFile = Path.Combine(".devnet", "devnet.json");

    private readonly Option<string?> _devnet = new("--devnet") { Description = $"File of a running devnet (default {DefaultFile}, unless --rpc-url is given)", HelpName = "FILE" };
    private readonly Option<string[]> _node = new("--node") { Description = "Ask this node instead of all that the chain lists; may be repeated", HelpName = "URL", DefaultValueFactory = _ => [] };
    private readonly Option<bool> _json = new("--json") { Description = "Print the result as JSON" };
    private readonly Option<string?> _rpcUrl = new("--rpc-url") { Description = "Chain JSON-RPC of a real cluster", HelpName = "URL" };
    private readonly Option<ulong> _chainId = new("--chain-id") { Description = "Its chain id" };
    private readonly Option<string?> _registry = new("--registry") { Description = "Its KMSRegistry proxy", HelpName = "ADDRESS" };
    private readonly Option<ulong> _finalityDepth = new("--finality-depth") { Description = "Blocks between the latest and the final view (default 64; 2 with --devnet)" };
    private readonly Option<string?> _odyn = new("--odyn") { Description = "Speak for the app of this Odyn", HelpName = "URL" };
    private readonly Option<string?> _walletKey = new("--wallet-key-file") { Description = "Speak for this wallet: file with its private key, hex", HelpName = "FILE" };
    private readonly Option<string?> _teeKey = new("--tee-key-file") { Description = "File with the app's P-384 key, PKCS#8 as hex", HelpName = "FILE" };
    private readonly Option<string?> _scheme = new("--envelope-scheme") { Description = $"With --tee-key-file: what the nodes' supervisors speak (default {EnvelopeScheme.Newest})", HelpName = "NAME" };

    private readonly Option<string?> _proxy = new("--proxy") { Description = "HTTP proxy for everything that is not on loopback, or none (default: https_proxy, http_proxy and no_proxy)", HelpName = "URL" };

    public ClientOptions(Command command)
    {
        foreach (Option option in (Option[])[_devnet, _node, _json, _rpcUrl, _chainId, _registry, _finalityDepth, _odyn, _walletKey, _teeKey, _scheme, _proxy])
        {
            command.Options.Add(option);
        }
    }

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <exception cref="UsageException">Options contradict each other or name unusable files.</exception>
    public ClientConnection Open(ParseResult parsed, bool withIdentity = true)
    {
        string? rpcUrl = parsed.GetValue(_rpcUrl);
        Require(rpcUrl is null || parsed.GetValue(_devnet) is null, "--rpc-url and --devnet name two clusters: give one of them");
        Require(rpcUrl is not null || (parsed.GetValue(_registry) is null && parsed.GetValue(_chainId) == 0), "--chain-id and --registry need --rpc-url");
        var devnet = rpcUrl is null ? ReadDevnet(parsed.GetValue(_devnet) ?? DefaultFile) : null;
        ulong depth = parsed.GetValue(_finalityDepth) is var given and > 0 ? given : devnet is null ? 64UL : 2UL;
        var proxy = Proxy(parsed);
        var rpc = devnet?.RpcUrl ?? Url(rpcUrl!, "--rpc-url");
        var chain = new EthereumChain(new EthereumChainOptions(
            [rpc],
            devnet is null ? Identity(parsed) : new ChainIdentity(devnet.ChainId, WalletAddress.Parse(devnet.Contracts.KmsRegistry)),
            new FinalityRule.Depth(depth))
        {
            Proxy = proxy.For(rpc),
        });
        string[] urls = parsed.GetValue(_node) ?? [];
        var options = new KmsClientOptions
        {
            NodeUrls = urls,
            // What the user or the devnet's file names may be dialled; what the chain names must be public.
            AddressExceptions = [.. urls.Concat(devnet?.Nodes.Select(node => node.Url) ?? []).Select(Literal).OfType<IPEndPoint>().Distinct()],
        };
        var transport = new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = proxy.Https, NoProxy = proxy.NoProxy });
        return new ClientConnection(chain, transport, withIdentity ? AppOf(parsed, devnet) : null, options);
    }

    private ProxyEnvironment Proxy(ParseResult parsed)
    {
        string? given = parsed.GetValue(_proxy);
        return ProxyEnvironment.TryChoose(given, Environment.GetEnvironmentVariable, out var proxy, out string? problem) ? proxy
            : throw new UsageException(given is null ? $"{problem}, or give --proxy, which goes before it" : $"--proxy is {problem}, or none");
    }

    private static DevnetFile ReadDevnet(string path)
    {
        try
        {
            return DevnetFile.Read(path);
        }
        catch (DevnetException error)
        {
            throw new UsageException(error.Message, error);
        }
    }

    private ChainIdentity Identity(ParseResult parsed) =>
        parsed.GetValue(_chainId) is var chainId and > 0 && WalletAddress.TryParse(parsed.GetValue(_registry), out var registry)
            ? new ChainIdentity(chainId, registry)
            : throw new UsageException("--rpc-url also needs --chain-id and --registry");

    private AppKeys AppOf(ParseResult parsed, DevnetFile? devnet)
    {
        string? wallet = parsed.GetValue(_walletKey);
        string? tee = parsed.GetValue(_teeKey);
        string? scheme = parsed.GetValue(_scheme);
        Require(wallet is null == tee is null, "--wallet-key-file and --tee-key-file go together");
        Require(scheme is null || tee is not null, "--envelope-scheme needs --tee-key-file: a devnet's file says its own, and --odyn does it itself");
        if (parsed.GetValue(_odyn) is { } odyn)
        {
            Require(wallet is null, "--odyn and the key files name two apps: give one of them");
            return AppKeys.At(new OdynHttp(new OdynHttpOptions(Url(odyn, "--odyn"))));
        }

        if (wallet is not null && tee is not null)
        {
            return AppKeys.Local(ReadKey(wallet), ReadKey(tee), scheme);
        }

        return devnet is null
            ? throw new UsageException("say whom to speak for: --odyn, or --wallet-key-file and --tee-key-file")
            : AppKeys.Local(devnet.App.WalletPrivateKey, devnet.App.TeePrivateKeyPkcs8, devnet.App.EnvelopeScheme);
    }

    private static string ReadKey(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read: {error.Message}", error);
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new UsageException(otherwise);
        }
    }

    private static Uri Url(string text, string option) =>
        HttpUrl.TryParse(text, out var url) ? url : throw new UsageException($"{option} is not an http(s) URL: {text}");

    private static IPEndPoint? Literal(string url) =>
        IPAddress.TryParse(Url(url, "--node").Host.Trim('[', ']'), out var address) ? new IPEndPoint(address, new Uri(url).Port) : null;
}
