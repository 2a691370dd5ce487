namespace Kms.Core.Primitives;

/// <summary>
/// Where secrets pass through arrays: pinned, so that a collection which moves objects leaves no copy behind that nobody zeroes.
/// </summary>
internal static class SecretBytes
{
    /// <summary>Zeroed and pinned; the caller zeroes it again.</summary>
    public static byte[] Allocate(int length) => GC.AllocateArray<byte>(length, pinned: true);

    /// <summary>A copy that the caller zeroes; the original is still its owner's to zero.</summary>
    public static byte[] Copy(ReadOnlySpan<byte> bytes)
    {
        byte[] copy = Allocate(bytes.Length);
        bytes.CopyTo(copy);
        return copy;
    }
}
