namespace Kms.Client;

/// <summary>A write that a node acknowledged.</summary>
/// <param name="Version">Opaque; for <see cref="PutRequest.IfVersion"/>.</param>
/// <param name="UpdatedAtMs">Unix milliseconds of trusted time.</param>
public sealed record PutReceipt(string Key, string Version, long UpdatedAtMs);
