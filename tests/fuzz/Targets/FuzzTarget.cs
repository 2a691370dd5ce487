using System.Diagnostics;

namespace Kms.Fuzz;

/// <summary>One parser of foreign bytes, and what must hold for every input: a result, in bounded time and memory.</summary>
/// <param name="Name">Also the name of its folder in <c>tests/fuzz/corpus</c>.</param>
/// <param name="Read">Reads the input and looks at all that came out; throws when a law of the parser is broken.</param>
/// <param name="Seeds">Inputs that get past the first check.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Read, Func<IEnumerable<byte[]>> Seeds)
{
    // A tree of one-byte values costs as much a byte.
    private const long BytesPerByte = 400;

    // Generous: the machine may be busy. A parser that is quadratic in 64 KiB takes minutes.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    /// <summary>What exceptions and keys on a curve cost; a path of certificates costs more.</summary>
    public long BaseBytes { get; init; } = 2L * 1024 * 1024;

    /// <summary>Longer inputs are cut: what grows faster than the input shows long before.</summary>
    public const int MaxInputBytes = 64 * 1024;

    /// <summary>The property. Returns how many bytes the reader allocated.</summary>
    /// <exception cref="FuzzFailureException">Too much time or memory.</exception>
    public long Hold(byte[] input)
    {
        byte[] bounded = input.Length <= MaxInputBytes ? input : input[..MaxInputBytes];
        long before = GC.GetAllocatedBytesForCurrentThread();
        long began = Stopwatch.GetTimestamp();
        Read(bounded);
        var took = Stopwatch.GetElapsedTime(began);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        FuzzFailureException.Demand(took <= MaxTime, $"{Name}: took {took}");
        FuzzFailureException.Demand(allocated <= BaseBytes + (BytesPerByte * bounded.Length), $"{Name}: {allocated} bytes for {bounded.Length}");
        return allocated;
    }

    public override string ToString() => Name;
}
