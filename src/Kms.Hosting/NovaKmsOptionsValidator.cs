using System.Net;
using Kms.Adapters.Transport;
using Kms.Core.Network;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Microsoft.Extensions.Options;

namespace Kms.Hosting;

/// <summary>Checks a configuration at start; every message says what to do next.</summary>
internal sealed class NovaKmsOptionsValidator : IValidateOptions<NovaKmsOptions>
{
    public ValidateOptionsResult Validate(string? name, NovaKmsOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(NovaKmsOptions options) =>
        Chain(options).Concat(Addresses(options)).Concat(Lists(options)).Concat(Times(options));

    private static IEnumerable<string> Chain(NovaKmsOptions options)
    {
        if (options.ChainId == 0)
        {
            yield return "ChainId is not set: give the EIP-155 id of the chain that KMSRegistry is on, e.g. NOVAKMS_ChainId=84532";
        }

        if (!WalletAddress.TryParse(options.KmsRegistry, out _))
        {
            yield return "KmsRegistry is not an address: give the KMSRegistry proxy's, e.g. NOVAKMS_KmsRegistry=0x… (20 bytes of hex)";
        }

        if (options.FinalityTag is not (null or "safe" or "finalized"))
        {
            yield return "FinalityTag is neither safe nor finalized: leave it out to use FinalityDepth";
        }

        if (options.FinalityDepth is 0 or > Limits.MaxFinalityDepthBlocks)
        {
            yield return $"FinalityDepth is out of range: give 1 to {Limits.MaxFinalityDepthBlocks} blocks (64 in production, 2 on a devnet)";
        }
        else if (KmsNodeOptions.FinalityProblem(options.FinalityDepth, options.BlockTimeMs) is { } problem)
        {
            yield return problem;
        }
        else if (IsAws(options) && MinTagLagMs(options.FinalityTag) is var least && (long)options.FinalityDepth * options.BlockTimeMs < least)
        {
            yield return $"FinalityDepth is too small for FinalityTag={options.FinalityTag}: give how many blocks the tag may trail before nothing is decided on it, {least / options.BlockTimeMs} or more (see docs/operations/finality.md)";
        }
    }

    private static IEnumerable<string> Addresses(NovaKmsOptions options)
    {
        foreach (var (key, url) in ((string, string?)[])[(nameof(options.RpcUrl), options.RpcUrl), (nameof(options.OdynUrl), options.OdynUrl)])
        {
            if (!IsHttp(url))
            {
                yield return $"{key} is not an http(s) URL: give one such as http://127.0.0.1:18545";
            }
        }

        if (options.NodeUrl.Length > 0 && !IsHttp(options.NodeUrl))
        {
            yield return "NodeUrl is not an http(s) URL: give the URL that this node is registered under, or leave it out";
        }

        if (!ProxyEnvironment.TryChoose(options.ConnectProxy, Environment.GetEnvironmentVariable, out _, out string? problem))
        {
            yield return options.ConnectProxy is null
                ? $"{problem}, or give ConnectProxy (none for direct connections), which goes before it"
                : $"ConnectProxy is {problem}, none for direct connections, or leave it out to use the environment's";
        }

        if (options.AttestationRoot is null && options.AttestationRootFile is { } file && !File.Exists(file))
        {
            yield return "AttestationRootFile does not exist: give a certificate file of a devnet, or leave it out for the AWS root";
        }

        bool isAws = IsAws(options);
        foreach (var (key, url) in ((string, string)[])[(nameof(options.RpcUrl), options.RpcUrl), (nameof(options.OdynUrl), options.OdynUrl)])
        {
            // Whoever answers the RPC says who is a member, and so who gets the secret; whoever answers Odyn's calls sees it.
            if (isAws && IsHttp(url) && !IsLoopback(url))
            {
                yield return $"{key} is not on loopback: with the AWS attestation root the light client and Odyn must be this enclave's own, such as http://127.0.0.1:18545";
            }
        }

        if (options.AddressExceptions.Count > 0 && isAws)
        {
            yield return "AddressExceptions need a devnet's attestation root: remove them, or give AttestationRootFile";
        }
    }

    private static IEnumerable<string> Lists(NovaKmsOptions options)
    {
        foreach (string exception in options.AddressExceptions.Where(text => !IPEndPoint.TryParse(text, out var at) || at.Port == 0))
        {
            yield return $"AddressExceptions: '{exception}' is not ip:port";
        }

        foreach (string origin in options.CorsOrigins.Where(text => !IsHttp(text) || text.EndsWith('/') || text == "*"))
        {
            yield return $"CorsOrigins: '{origin}' is not an origin: give scheme://host[:port] without a path";
        }

        foreach (string route in options.RequireV2.Where(text => !Enum.TryParse<RouteClasses>(text, ignoreCase: true, out var parsed) || parsed == RouteClasses.None))
        {
            yield return $"RequireV2: '{route}' is no route class: give Derive, Read or Write";
        }

        foreach (string wallet in options.StatusReaders.Where(text => !WalletAddress.TryParse(text, out _)))
        {
            yield return $"StatusReaders: '{wallet}' is not an address";
        }
    }

    private static IEnumerable<string> Times(NovaKmsOptions options)
    {
        if (options.TickMs is < Limits.MinTickMs or > Limits.MaxTickMs)
        {
            yield return $"TickMs is out of range: give {Limits.MinTickMs} to {Limits.MaxTickMs} milliseconds";
        }

        if (options.HeadPollMs is < Limits.MinHeadPollMs or > Limits.MaxHeadPollMs || options.HeadPollMs > options.TickMs)
        {
            yield return $"HeadPollMs is out of range: give {Limits.MinHeadPollMs} to {Limits.MaxHeadPollMs} milliseconds, at most TickMs";
        }

        if (options.RequestTimeoutMs is < 1_000 or > Limits.MaxRequestTimeoutMs)
        {
            yield return "RequestTimeoutMs is out of range: give 1000 to 600000 milliseconds";
        }
    }

    private static bool IsAws(NovaKmsOptions options) => options.AttestationRoot?.IsAws ?? options.AttestationRootFile is null;

    /// <summary>What the tag of an optimistic rollup trails on a bad day without anything being wrong; 0 for a depth.</summary>
    private static long MinTagLagMs(string? tag) => tag switch
    {
        "safe" => 10L * 60 * 1000,
        "finalized" => 30L * 60 * 1000,
        _ => 0,
    };

    private static bool IsLoopback(string url) => HttpUrl.IsLoopback(new Uri(url).IdnHost.Trim('[', ']'));

    private static bool IsHttp(string? text) => HttpUrl.TryParse(text, out _);
}
