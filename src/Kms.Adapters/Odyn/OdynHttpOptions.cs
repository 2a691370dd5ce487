using Kms.Core;

namespace Kms.Adapters.Odyn;

/// <summary>Where Odyn's internal API listens.</summary>
/// <param name="BaseUrl">On loopback: plaintext passes through it.</param>
public sealed record OdynHttpOptions(Uri BaseUrl)
{
    /// <summary>The port that Nova manifests give to Odyn's internal API.</summary>
    public static readonly Uri DefaultUrl = new("http://127.0.0.1:18000");

    /// <summary>For each HTTP request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(Limits.OdynTimeoutMs);
}
