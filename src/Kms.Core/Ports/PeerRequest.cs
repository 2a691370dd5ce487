namespace Kms.Core.Ports;

/// <summary>A request to a peer.</summary>
/// <param name="Target">Raw request target, e.g. <c>/sync</c>: sent exactly so, since it is signed.</param>
/// <param name="Timeout">For the whole exchange.</param>
public sealed record PeerRequest(
    string Method,
    string Target,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body,
    int MaxResponseBytes,
    TimeSpan Timeout);
