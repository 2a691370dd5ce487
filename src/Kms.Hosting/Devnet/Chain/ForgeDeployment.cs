using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Kms.Hosting.Devnet.Chain;

/// <summary>Runs the repository's own deployment script with forge, so that the devnet deploys exactly what the contract tests test.</summary>
internal sealed record ForgeDeployment(WalletAddress NovaAppRegistry, WalletAddress KmsRegistry, AppId KmsApp, VersionId KmsVersion)
{
    private const string Script = "contracts/script/DeployDevnet.s.sol";

    /// <summary>A deployment takes seconds; forge waits for a transaction that was lost for ever.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

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
            // Two devnets at once must not write one another's broadcast records.
            var environment = new Dictionary<string, string> { ["FOUNDRY_BROADCAST"] = scratch.FullName };
            var lines = new ConcurrentQueue<string>();
            using var forge = SupervisedProcess.Start(ToolFinder.Find("forge"), arguments, lines.Enqueue, root, environment);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limited.CancelAfter(Limit);
            await forge.WaitAsync(limited.Token);
            return Parse(lines) ?? throw new DevnetException($"forge could not deploy the contracts: {string.Join(" / ", lines.TakeLast(3))}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new DevnetException($"forge did not deploy the contracts within {Limit.TotalMinutes} minutes: start the devnet again");
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    // The first JSON line that has "logs" is the script's result; its logs are name=value lines.
    private static ForgeDeployment? Parse(IEnumerable<string> lines)
    {
        foreach (string line in lines.Where(line => line.StartsWith('{')))
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
}
