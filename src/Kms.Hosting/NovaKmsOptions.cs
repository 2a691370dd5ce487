using Kms.Core.Attestation;

namespace Kms.Hosting;

/// <summary>Configuration of a node, as read from JSON, the environment (<c>NOVAKMS_</c>…) or the command line.</summary>
/// <remarks>Checked at start by <see cref="NovaKmsOptionsValidator"/>. Described in docs/operations/configuration.md.</remarks>
public sealed class NovaKmsOptions
{
    /// <summary>The configuration section that hosts conventionally use.</summary>
    public const string SectionName = "NovaKms";

    /// <summary>EIP-155 chain id, e.g. 84532 for Base Sepolia. Required.</summary>
    public ulong ChainId { get; set; }

    /// <summary>Address of the KMSRegistry proxy. Required.</summary>
    public string KmsRegistry { get; set; } = string.Empty;

    /// <summary>Chain JSON-RPC; inside an enclave the light client's.</summary>
    public string RpcUrl { get; set; } = "http://127.0.0.1:18545";

    /// <summary>Odyn's internal API.</summary>
    public string OdynUrl { get; set; } = "http://127.0.0.1:18000";

    /// <summary>This node's public URL, shown by <c>/status</c> until the registry tells; may be empty.</summary>
    public string NodeUrl { get; set; } = string.Empty;

    /// <summary>Blocks between the latest and the final view.</summary>
    public ulong FinalityDepth { get; set; } = 64;

    /// <summary>Milliseconds between two blocks at most, in the ordinary course of the chain: 2,000 on Base.</summary>
    public long BlockTimeMs { get; set; } = Limits.BlockTimeMs;

    /// <summary>A block tag (<c>safe</c>, <c>finalized</c>) to use as the final view instead of a depth, if the RPC serves it. <see cref="FinalityDepth"/> is then how far it may trail.</summary>
    public string? FinalityTag { get; set; }

    /// <summary>
    /// File with another attestation root (one DER or PEM certificate): devnets only. Absent: the AWS Nitro root.
    /// Anyone who holds that root's key can enter the cluster.
    /// </summary>
    public string? AttestationRootFile { get; set; }

    /// <summary>The same root as an object, for hosts that have it in memory.</summary>
    public AttestationRoot? AttestationRoot { get; set; }

    /// <summary>Exact <c>ip:port</c> pairs that may be dialled although they are private. Only with a devnet root.</summary>
    public IList<string> AddressExceptions { get; init; } = [];

    /// <summary>
    /// The CONNECT proxy (<c>http://127.0.0.1:…</c>) for everything that is not on loopback, or <c>none</c>. Absent: what
    /// <c>https_proxy</c>, <c>http_proxy</c> and <c>no_proxy</c> of the environment say, as an enclave's supervisor sets them.
    /// </summary>
    public string? ConnectProxy { get; set; }

    /// <summary>Origins that browsers may call from. Empty: CORS is off.</summary>
    public IList<string> CorsOrigins { get; init; } = [];

    /// <summary>Route classes that refuse v1 proofs: <c>Derive</c>, <c>Read</c>, <c>Write</c>.</summary>
    public IList<string> RequireV2 { get; init; } = [];

    /// <summary>Wallets that, besides members, may read the detailed status.</summary>
    public IList<string> StatusReaders { get; init; } = [];

    /// <summary>Milliseconds between ticks when nothing happens on the chain.</summary>
    public long TickMs { get; set; } = Limits.TickMs;

    /// <summary>Milliseconds between two looks at the chain's heads.</summary>
    public long HeadPollMs { get; set; } = Limits.HeadPollMs;

    /// <summary>Milliseconds that one request may take before it is answered 503.</summary>
    public int RequestTimeoutMs { get; set; } = 30_000;
}
