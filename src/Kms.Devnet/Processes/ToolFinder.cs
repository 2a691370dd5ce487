namespace Kms.Devnet.Processes;

/// <summary>Finds programs that npm installed next to the sources, or that are on PATH.</summary>
internal static class ToolFinder
{
    /// <summary>The program's path: <c>node_modules/.bin</c> of this folder or one above it, of the program's own, then PATH.</summary>
    /// <exception cref="DevnetException">It is nowhere; the message says what to do.</exception>
    public static string Find(string program)
    {
        var candidates = Above(Directory.GetCurrentDirectory())
            .Concat(Above(AppContext.BaseDirectory))
            .Select(folder => Path.Combine(folder, "node_modules", ".bin", program))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, program)));
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new DevnetException($"{program} was not found: run `make setup` (or `npm ci`) in the repository, or install Foundry");
    }

    /// <summary>A file given relative to the repository's root, found from this folder or the program's own.</summary>
    /// <exception cref="DevnetException">It is nowhere; the message says what to do.</exception>
    public static string FindInRepository(string relativePath, string remedy) =>
        Above(Directory.GetCurrentDirectory())
            .Concat(Above(AppContext.BaseDirectory))
            .Select(folder => Path.Combine(folder, relativePath))
            .FirstOrDefault(Path.Exists)
            ?? throw new DevnetException($"{relativePath} was not found: {remedy}");

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}
