namespace Kms.Client;

/// <summary>A write that a node acknowledged.</summary>
/// <param name="Version">Opaque; for <see cref="PutRequest.IfVersion"/>.</param>
/// <param name="UpdatedAtMs">Unix milliseconds of trusted time.</param>
public sealed record PutReceipt(string Key, string Version, long UpdatedAtMs)
{
    /// <summary>How many nodes held it when the answer was given, of a write that waited for a quorum; it may be fewer than that. Else null.</summary>
    public int? StoredBy { get; init; }
}
