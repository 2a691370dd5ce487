using System.Collections.Concurrent;
using System.Globalization;
using Kms.Devnet.Processes;

namespace Kms.Devnet.Chain;

/// <summary>Runs the repository's own deployment script with forge, so that the devnet deploys exactly what the contract tests test.</summary>
/// <remarks>
/// forge only works the transactions out; we send them, one after the other. forge sends several at once with nonces in
/// advance, and Anvil can lose one that arrives while its predecessor is being mined; forge then waits for it for ever.
/// </remarks>
internal sealed record ForgeDeployment(WalletAddress NovaAppRegistry, WalletAddress KmsRegistry, AppId KmsApp, VersionId KmsVersion)
{
    private const string Script = "contracts/script/DeployDevnet.s.sol";

    /// <summary>Working it out takes seconds.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <param name="sender">An account that the chain's node has unlocked.</param>
    /// <exception cref="DevnetException">forge is missing or failed; the message holds its last words.</exception>
    public static async Task<ForgeDeployment> RunAsync(
        DevnetRpc rpc, string sender, int nodes, Bytes32 measurement, ulong proposalBlocks, CancellationToken cancel)
    {
        string script = ToolFinder.FindInRepository(Script, "a devnet runs inside a checkout of the repository");
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(script)!, "..", ".."));
        var scratch = Directory.CreateTempSubdirectory("novakms-forge-");
        try
        {
            string[] arguments =
            [
                "script", Script, "--rpc-url", rpc.Url.ToString(), "--sender", sender, "--json",
                "--sig", "run(uint32,bytes32,uint64)",
                nodes.ToString(CultureInfo.InvariantCulture),
                measurement.ToString(),
                proposalBlocks.ToString(CultureInfo.InvariantCulture),
            ];
            // Two devnets at once must not write one another's records.
            var environment = new Dictionary<string, string> { ["FOUNDRY_BROADCAST"] = scratch.FullName };
            var lines = new ConcurrentQueue<string>();
            using var forge = SupervisedProcess.Start(ToolFinder.Find("forge"), arguments, lines.Enqueue, root, environment);
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limited.CancelAfter(Limit);
            await forge.WaitAsync(limited.Token);
            if (!ForgeOutput.TryRead(lines, out var deployed, out string? record))
            {
                throw new DevnetException($"forge could not deploy the contracts: {string.Join(" / ", lines.TakeLast(3))}");
            }

            await SendAsync(rpc, record, cancel);
            return deployed;
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

    /// <summary>Sends what forge recorded, in order, and waits for all of it.</summary>
    private static async Task SendAsync(DevnetRpc rpc, string recordPath, CancellationToken cancel)
    {
        var transactions = ForgeOutput.Transactions(await File.ReadAllBytesAsync(recordPath, cancel))
            ?? throw new DevnetException("forge recorded no transactions of the deployment");
        var hashes = new List<string>();
        foreach (var transaction in transactions)
        {
            hashes.Add(await rpc.SendAsync(transaction, cancel));
        }

        foreach (string hash in hashes)
        {
            await rpc.ReceiptAsync(hash, cancel);
        }
    }
}
