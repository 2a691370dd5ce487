using System.Diagnostics;

namespace Kms.Integration.Support;

/// <summary>Foundry's programs as npm installed them, and the repository that they run in.</summary>
internal static class Foundry
{
    public static string Root { get; } = FindRoot();

    public static string Program(string name)
    {
        string path = Path.Combine(Root, "node_modules", ".bin", name);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: run `npm ci --ignore-scripts`");
    }

    /// <summary>Standard output of a run that must succeed.</summary>
    public static async Task<string> RunAsync(string name, params string[] arguments) =>
        (await Command.RunAsync(new ProcessStartInfo(Program(name), arguments) { WorkingDirectory = Root })).Output.Trim();

    public static Task<string> CastAsync(params string[] arguments) => RunAsync("cast", arguments);

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "NovaKms.sln")))
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("NovaKms.sln is in no directory above the tests");
    }
}
