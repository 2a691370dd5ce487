using System.Globalization;
using System.Text.RegularExpressions;

namespace Kms.Integration.Support;

/// <summary>Looks for bytes in everything that another process has mapped.</summary>
internal static partial class ProcessMemory
{
    private const int ChunkBytes = 4 * 1024 * 1024;

    /// <summary>Addresses at which the pattern stands, in all mappings that have pages of their own, whatever their protection.</summary>
    public static IReadOnlyList<long> Find(int processId, byte[] pattern)
    {
        var found = new SortedSet<long>();
        using var memory = new FileStream($"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] buffer = new byte[ChunkBytes];
        foreach (var (start, end) in Mappings(processId))
        {
            for (long at = start; at < end;)
            {
                int wanted = (int)Math.Min(buffer.Length, end - at);
                int read = Read(memory, at, buffer.AsSpan(0, wanted));
                if (read == 0)
                {
                    break;
                }

                for (int from = 0, hit; (hit = buffer.AsSpan(from, read - from).IndexOf(pattern)) >= 0; from += hit + 1)
                {
                    found.Add(at + from + hit);
                }

                // Overlap, so that a copy across two chunks is found too; a short read is the end of the mapping's pages.
                at += read < wanted || at + read >= end ? read : read - pattern.Length + 1;
            }
        }

        return [.. found];
    }

    // From smaps: the collector reserves hundreds of gigabytes that have no page behind them, and reading those takes minutes.
    private static IEnumerable<(long Start, long End)> Mappings(int processId)
    {
        (long Start, long End) current = default;
        foreach (string line in File.ReadLines($"/proc/{processId}/smaps"))
        {
            if (Header().Match(line) is { Success: true } header)
            {
                bool kernels = line.Contains("[vvar", StringComparison.Ordinal) || line.EndsWith("[vsyscall]", StringComparison.Ordinal);
                current = kernels ? default : (Parse(header.Groups[1]), Parse(header.Groups[2]));
            }
            else if (line.StartsWith("Rss:", StringComparison.Ordinal) && current.End > 0 && !line.EndsWith(" 0 kB", StringComparison.Ordinal))
            {
                yield return current;
            }
        }
    }

    private static long Parse(Group hex) => long.Parse(hex.ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9a-f]+)-([0-9a-f]+) ")]
    private static partial Regex Header();

    private static int Read(FileStream memory, long at, Span<byte> into)
    {
        try
        {
            return RandomAccess.Read(memory.SafeFileHandle, into, at);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
