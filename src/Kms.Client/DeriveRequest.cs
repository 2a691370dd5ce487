namespace Kms.Client;

/// <summary>What to derive.</summary>
/// <param name="Path">1 to 512 bytes of UTF-8.</param>
public sealed record DeriveRequest(string Path)
{
    /// <summary>At most 1,024 bytes of UTF-8.</summary>
    public string Context { get; init; } = string.Empty;

    /// <summary>1 to 1,024 bytes.</summary>
    public int Length { get; init; } = 32;

    /// <summary>Null: the cluster's default epoch, which no rotation changes by itself.</summary>
    public Epoch? Epoch { get; init; }

    /// <summary>1 as existing clients; 2 separates path and context injectively.</summary>
    public int Derivation { get; init; } = 1;
}
