using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Kms.Hosting.Devnet.Chain;

/// <summary>Runs the repository's own deployment script with forge, so that the devnet deploys exactly what the contract tests test.</summary>
internal sealed record ForgeDeployment(WalletAddress NovaAppRegistry, WalletAddress KmsRegistry, AppId KmsApp, VersionId KmsVersion)
{
    private const string Script = "contracts/script/DeployDevnet.s.sol";

    /// <param name="sender">An account that the chain's node has unlocked.</param>
    /// <exception cref="DevnetException">forge is missing or failed; the message holds its last words.</exception>
    public static async Task<ForgeDeployment> RunAsync(
        Uri rpcUrl, string sender, int nodes, Bytes32 measurement, ulong proposalBlocks, CancellationToken cancel)
    {
        string script = ToolFinder.FindInRepository(Script, "a devnet runs inside a checkout of the repository");
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(script)!, "..", ".."));
        var scratch = Directory.CreateTempSubdirectory("novakms-forge-");
        try
        {
            string[] arguments =
            [
                "script", Script, "--rpc-url", rpcUrl.ToString(), "--broadcast", "--unlocked", "--sender", sender, "--json",
                "--sig", "run(uint32,bytes32,uint64)",
                nodes.ToString(CultureInfo.InvariantCulture),
                measurement.ToString(),
                proposalBlocks.ToString(CultureInfo.InvariantCulture),
            ];
            var info = new ProcessStartInfo(ToolFinder.Find("forge"), arguments)
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            // Two devnets at once must not write one another's broadcast records.
            info.Environment["FOUNDRY_BROADCAST"] = scratch.FullName;
            using var forge = Process.Start(info)!;
            var output = forge.StandardOutput.ReadToEndAsync(cancel);
            var errors = forge.StandardError.ReadToEndAsync(cancel);
            try
            {
                await forge.WaitForExitAsync(cancel);
            }
            catch (OperationCanceledException)
            {
                forge.Kill();
                throw;
            }

            return Parse(await output) ?? throw new DevnetException($"forge could not deploy the contracts: {LastLines(await errors)}");
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    // The first JSON line that has "logs" is the script's result; its logs are name=value lines.
    private static ForgeDeployment? Parse(string output)
    {
        foreach (string line in output.Split('\n').Where(line => line.StartsWith('{')))
        {
            var logs = JsonNode.Parse(line)?["logs"]?.AsArray();
            if (logs is null)
            {
                continue;
            }

            var values = logs.Select(log => log!.GetValue<string>().Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
            return new ForgeDeployment(
                WalletAddress.Parse(values["novaAppRegistry"]),
                WalletAddress.Parse(values["kmsRegistry"]),
                AppId.From(ulong.Parse(values["kmsAppId"], CultureInfo.InvariantCulture)),
                VersionId.From(ulong.Parse(values["kmsVersionId"], CultureInfo.InvariantCulture)));
        }

        return null;
    }

    private static string LastLines(string text) =>
        string.Join(" / ", text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
}
