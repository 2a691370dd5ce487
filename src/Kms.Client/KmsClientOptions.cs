using System.Net;

namespace Kms.Client;

/// <summary>How a <see cref="KmsClient"/> behaves.</summary>
public sealed record KmsClientOptions
{
    /// <summary>Ask only these URLs, in this order, instead of those on the chain. Their keys still come from the chain.</summary>
    public IReadOnlyList<string> NodeUrls { get; init; } = [];

    /// <summary>Exact <c>ip:port</c> pairs that may be dialled although they are private: devnets only, never from the chain.</summary>
    public IReadOnlyList<IPEndPoint> AddressExceptions { get; init; } = [];

    /// <summary>For one exchange with one node.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often all nodes are tried before a call is <see cref="KmsFailure.Unavailable"/>.</summary>
    public int MaxRounds { get; init; } = 2;

    /// <summary>Pause between rounds.</summary>
    public TimeSpan RoundPause { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>For how long a list of nodes is used before it is read from the chain again.</summary>
    public TimeSpan DirectoryAge { get; init; } = TimeSpan.FromSeconds(15);
}
