namespace Kms.Core;

/// <summary>An HTTP request as a host hands it over: nothing parsed, nothing decided.</summary>
/// <param name="Method">Method as sent.</param>
/// <param name="Target">The raw request target as sent (path and query, still percent-encoded).</param>
/// <param name="Headers">In the order received; repeats kept, so that the node can refuse them.</param>
/// <param name="Body">The bytes as sent, at most <see cref="Limits.MaxBodyBytes"/> plus one (the host counts while it reads).</param>
public sealed record KmsRequest(
    string Method,
    string Target,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    ReadOnlyMemory<byte> Body);
