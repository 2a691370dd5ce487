namespace Kms.Sim.Kernel;

/// <summary>Seeded randomness (SplitMix64). Each part of the world forks its own stream, so that removing a fault from a
/// plan does not reshuffle everything else and shrinking keeps what matters.</summary>
internal sealed class SimRandom
{
    private readonly ulong _root;
    private ulong _state;

    public SimRandom(ulong seed)
    {
        _root = Mix(seed + 0x9E3779B97F4A7C15);
        _state = _root;
    }

    /// <summary>An independent stream; the same label gives the same stream, whatever was drawn before.</summary>
    public SimRandom Fork(string label)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in label)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return new SimRandom(_root ^ Mix(hash));
    }

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => bound <= 1 ? 0 : (int)(Next() % (ulong)bound);

    /// <summary>Inclusive on both ends.</summary>
    public long Between(long low, long high) => high <= low ? low : low + (long)(Next() % (ulong)(high - low + 1));

    public TimeSpan Between(TimeSpan low, TimeSpan high) => TimeSpan.FromTicks(Between(low.Ticks, high.Ticks));

    public bool Chance(double probability) => (Next() >> 11) * (1.0 / (1UL << 53)) < probability;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    public void Shuffle<T>(IList<T> items)
    {
        for (int i = items.Count - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (int i = 0; i < count; i += 8)
        {
            ulong word = Next();
            for (int j = i; j < Math.Min(i + 8, count); j++, word >>= 8)
            {
                bytes[j] = (byte)word;
            }
        }

        return bytes;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
