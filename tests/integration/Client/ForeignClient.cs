using System.Diagnostics;
using Kms.Integration.Support;

namespace Kms.Integration.Client;

/// <summary>Runs a client of <c>tests/integration/clients</c>, which knows the docs and imports nothing but what comes with Node.js.</summary>
internal static class ForeignClient
{
    /// <returns>What it printed; it must end well.</returns>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        string folder = Path.Combine(Foundry.Root, "tests", "integration", "clients");
        foreach (string file in Directory.GetFiles(folder, "*.mjs"))
        {
            (await File.ReadAllTextAsync(file)).Split('\n')
                .Where(line => line.StartsWith("import", StringComparison.Ordinal))
                .ShouldAllBe(line => line.Contains("'node:", StringComparison.Ordinal) || line.Contains("'./ethereum.mjs'", StringComparison.Ordinal));
        }

        var info = new ProcessStartInfo("node", [Path.Combine(folder, script), .. arguments]);
        info.Environment["CAST"] = Foundry.Program("cast");
        return (await Command.RunAsync(info)).Output;
    }
}
