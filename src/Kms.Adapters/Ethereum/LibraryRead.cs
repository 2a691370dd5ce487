namespace Kms.Adapters.Ethereum;

/// <summary>The one place where exceptions of Nethereum end.</summary>
internal static class LibraryRead
{
    /// <summary>
    /// What was read from foreign bytes; null when the library threw. Its decoders say "malformed" with some ten types of exception, the
    /// bare <see cref="Exception"/> among them, so no list of types is enough. Bytes are bounded before: what it cannot survive
    /// (memory, depth of the stack) must not reach it.
    /// </summary>
    public static T? OrNull<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }
}
