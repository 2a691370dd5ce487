using System.Globalization;
using System.Runtime.InteropServices;

namespace Kms.Properties.Secrets;

/// <summary>Counts the copies of a pattern in this process's writable memory (Linux, /proc/self).</summary>
/// <remarks>The pattern is given masked, and compared masked, so that the search itself makes no copy of it.</remarks>
internal static class OwnMemory
{
    public const byte Mask = 0xa5;
    private const int ChunkBytes = 1 << 20;

    public static int Count(byte[] maskedPattern)
    {
        int found = 0;
        using var memory = new FileStream("/proc/self/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var buffer = GC.AllocateUninitializedArray<byte>(ChunkBytes + maskedPattern.Length, pinned: true);
        long own = Marshal.UnsafeAddrOfPinnedArrayElement(buffer, 0);

        // The buffer is memory of this process too and holds what was just read, so it is left out.
        foreach (var (start, end) in WritableRanges().SelectMany(range => Without(range, own, own + buffer.Length)))
        {
            for (long at = start; at < end; at += ChunkBytes)
            {
                int wanted = (int)Math.Min(ChunkBytes + maskedPattern.Length - 1, end - at);
                int read = ReadAt(memory, at, buffer.AsSpan(0, wanted));

                for (int i = 0; i < read; i++)
                {
                    buffer[i] ^= Mask;
                }

                found += Occurrences(buffer.AsSpan(0, read), maskedPattern, Math.Min(ChunkBytes, (int)(end - at)));
            }
        }

        return found;
    }

    private static (long Start, long End)[] Without((long Start, long End) range, long from, long to) =>
        range.Start < to && from < range.End ? [(range.Start, from), (to, range.End)] : [range];

    private static int Occurrences(ReadOnlySpan<byte> masked, ReadOnlySpan<byte> pattern, int startsBefore)
    {
        int found = 0;
        for (int from = 0; ;)
        {
            int index = masked[from..].IndexOf(pattern);
            if (index < 0 || from + index >= startsBefore)
            {
                return found;
            }

            found++;
            from += index + 1;
        }
    }

    private static int ReadAt(FileStream memory, long at, Span<byte> destination)
    {
        try
        {
            return RandomAccess.Read(memory.SafeFileHandle, destination, at);
        }
        catch (IOException)
        {
            // Guard pages and mappings that are gone by now.
            return 0;
        }
    }

    private static List<(long Start, long End)> WritableRanges() =>
        [.. File.ReadLines("/proc/self/maps")
            .Select(line => line.Split(' ', 3))
            .Where(parts => parts[1].StartsWith("rw", StringComparison.Ordinal))
            .Select(parts => parts[0].Split('-'))
            .Select(range => (Address(range[0]), Address(range[1])))];

    private static long Address(string hex) => unchecked((long)ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
