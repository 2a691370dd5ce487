namespace Kms.Core;

/// <summary>What a host writes back, as it stands. The host zeroes nothing: bodies hold ciphertext or public data only.</summary>
public sealed record KmsResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);
