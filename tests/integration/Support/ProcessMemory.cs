using System.Globalization;

namespace Kms.Integration.Support;

/// <summary>Looks for bytes in everything that another process has mapped.</summary>
internal static class ProcessMemory
{
    private const int ChunkBytes = 4 * 1024 * 1024;

    /// <summary>Addresses at which the pattern stands, in all readable and unreadable mappings but the kernel's own.</summary>
    public static IReadOnlyList<long> Find(int processId, byte[] pattern)
    {
        var found = new SortedSet<long>();
        using var memory = new FileStream($"/proc/{processId}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] buffer = new byte[ChunkBytes];
        foreach (string line in File.ReadLines($"/proc/{processId}/maps"))
        {
            string[] range = line.Split(' ')[0].Split('-');
            long end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            bool kernels = line.EndsWith("[vvar]", StringComparison.Ordinal) || line.EndsWith("[vsyscall]", StringComparison.Ordinal) || line.Contains("[vvar_", StringComparison.Ordinal);
            for (long at = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture); !kernels && at < end;)
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
