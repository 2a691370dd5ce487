namespace Kms.Core.Primitives;

/// <summary>A block that a decision is pinned to. Two refs are the same block only when number and hash agree.</summary>
/// <param name="Number">Height.</param>
/// <param name="Hash">Block hash.</param>
/// <param name="TimestampSeconds">The block's own timestamp, Unix seconds.</param>
public readonly record struct BlockRef(ulong Number, Bytes32 Hash, ulong TimestampSeconds)
{
    public bool IsDefault => Hash.IsZero;

    public override string ToString() => $"{Number}:{Hash}";
}
