namespace Kms.Client;

/// <summary>A write.</summary>
/// <param name="Key">1 to 512 bytes of UTF-8.</param>
/// <param name="Value">At most 1 MiB.</param>
public sealed record PutRequest(string Key, ReadOnlyMemory<byte> Value)
{
    /// <summary>Milliseconds until it expires; null: never.</summary>
    public long? TtlMs { get; init; }

    /// <summary>Write only over this version. Such a write may be resent when its answer is lost.</summary>
    public string? IfVersion { get; init; }

    /// <summary>Wait until a quorum of the cluster stored it.</summary>
    public bool AwaitQuorum { get; init; }
}
