using System.Net;
using Kms.Core.Network;

namespace Kms.Client;

/// <summary>
/// Where a client finds its cluster, and its app's own keys. In an enclave nothing but <see cref="ChainId"/> and
/// <see cref="KmsRegistry"/> must be set (docs/client.md).
/// </summary>
public sealed class NovaKmsClientOptions
{
    /// <summary>The configuration section that programs conventionally use.</summary>
    public const string SectionName = "NovaKmsClient";

    /// <summary>EIP-155 chain id, e.g. 84532 for Base Sepolia. Required.</summary>
    public ulong ChainId { get; set; }

    /// <summary>Address of the KMSRegistry proxy. Required.</summary>
    public string KmsRegistry { get; set; } = string.Empty;

    /// <summary>Chain JSON-RPC; inside an enclave the light client's.</summary>
    public string RpcUrl { get; set; } = "http://127.0.0.1:18545";

    /// <summary>The app's supervisor, which holds its keys. Not looked at when the app brings an <see cref="IAppIdentity"/>.</summary>
    public string OdynUrl { get; set; } = "http://127.0.0.1:18000";

    /// <summary>Blocks between the latest and the final view; the nodes are those that both show.</summary>
    public ulong FinalityDepth { get; set; } = 64;

    /// <summary>
    /// The CONNECT proxy (<c>http://127.0.0.1:…</c>) for everything that is not on loopback, or <c>none</c>. Absent: what
    /// <c>https_proxy</c>, <c>http_proxy</c> and <c>no_proxy</c> of the environment say, as an enclave's supervisor sets them.
    /// </summary>
    public string? ConnectProxy { get; set; }

    /// <summary>Exact <c>ip:port</c> pairs that may be dialled although they are private: devnets only.</summary>
    public IList<string> AddressExceptions { get; init; } = [];

    /// <summary>Milliseconds for one exchange with one node.</summary>
    public int TimeoutMs { get; set; } = 10_000;

    /// <summary>What cannot be meant, each with what to do about it; empty when a client can be made.</summary>
    internal IEnumerable<string> Problems()
    {
        if (ChainId == 0)
        {
            yield return "ChainId is not set: give the EIP-155 id of the chain that KMSRegistry is on, e.g. 84532";
        }

        if (!WalletAddress.TryParse(KmsRegistry, out _))
        {
            yield return "KmsRegistry is not an address: give the KMSRegistry proxy's, 0x… (20 bytes of hex)";
        }

        foreach (var (key, url) in ((string, string)[])[(nameof(RpcUrl), RpcUrl), (nameof(OdynUrl), OdynUrl)])
        {
            if (!HttpUrl.TryParse(url, out _))
            {
                yield return $"{key} is not an http(s) URL: leave it out inside an enclave";
            }
        }

        if (FinalityDepth is 0 or > Limits.MaxFinalityDepthBlocks)
        {
            yield return $"FinalityDepth is out of range: give 1 to {Limits.MaxFinalityDepthBlocks} blocks (64 in production, 2 on a devnet)";
        }

        if (TimeoutMs is < 1 or > Limits.MaxRequestTimeoutMs)
        {
            yield return $"TimeoutMs is out of range: give 1 to {Limits.MaxRequestTimeoutMs} milliseconds";
        }

        foreach (string exception in AddressExceptions.Where(static text => !IPEndPoint.TryParse(text, out var at) || at.Port == 0))
        {
            yield return $"AddressExceptions: '{exception}' is not ip:port";
        }
    }
}
