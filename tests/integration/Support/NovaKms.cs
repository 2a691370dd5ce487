using System.Diagnostics;

namespace Kms.Integration.Support;

/// <summary>Our programs as child processes.</summary>
internal static class NovaKms
{
    /// <summary>The <c>novakms</c> program that was built with these tests.</summary>
    public static Process Start(params string[] arguments) => StartAssembly(Path.Combine(AppContext.BaseDirectory, "novakms.dll"), arguments);

    /// <summary>The <c>novakms-node</c> program, which an image starts.</summary>
    public static Process StartNode(params string[] arguments) => StartAssembly(Path.Combine(AppContext.BaseDirectory, "novakms-node.dll"), arguments);

    /// <summary>The first in an environment of its own: what is null is not set there.</summary>
    public static Process StartWith(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        StartAssembly(Path.Combine(AppContext.BaseDirectory, "novakms.dll"), environment, arguments);

    public static Process StartAssembly(string assembly, params string[] arguments) => StartAssembly(assembly, new Dictionary<string, string?>(), arguments);

    private static Process StartAssembly(string assembly, IReadOnlyDictionary<string, string?> environment, string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", ["exec", assembly, .. arguments])
        {
            WorkingDirectory = Foundry.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Keeps the reserved address range of the collector small: memory is scanned.
        info.Environment["DOTNET_GCHeapHardLimit"] = "0x20000000";
        foreach (var (name, value) in environment)
        {
            if (value is null)
            {
                info.Environment.Remove(name);
            }
            else
            {
                info.Environment[name] = value;
            }
        }

        return Process.Start(info)!;
    }

    /// <summary>Reads lines until one holds the text; all of them are returned.</summary>
    public static async Task<string> ReadUntilAsync(StreamReader lines, string text, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        var seen = new System.Text.StringBuilder();
        while (await lines.ReadLineAsync(timeout.Token) is { } line)
        {
            seen.AppendLine(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return seen.ToString();
            }
        }

        throw new InvalidOperationException($"the output ended without '{text}':\n{seen}");
    }

    public static void Signal(Process process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        kill.ExitCode.ShouldBe(0);
    }
}
