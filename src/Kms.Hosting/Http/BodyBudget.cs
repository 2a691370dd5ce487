namespace Kms.Hosting.Http;

/// <summary>Bounds the memory that request bodies may hold at once, since nobody is authenticated before the body was read.</summary>
internal sealed class BodyBudget(long maxBytes)
{
    private long _used;

    /// <summary>Reserves room for a body, or null when there is none now. Unknown lengths count as the limit.</summary>
    public IDisposable? TryEnter(long? declaredBytes, int limitBytes)
    {
        long wanted = Math.Min(declaredBytes ?? limitBytes, limitBytes);
        if (Interlocked.Add(ref _used, wanted) > maxBytes)
        {
            Interlocked.Add(ref _used, -wanted);
            return null;
        }

        return new Room(this, wanted);
    }

    private sealed class Room(BodyBudget budget, long bytes) : IDisposable
    {
        public void Dispose() => Interlocked.Add(ref budget._used, -bytes);
    }
}
