using System.CommandLine;
using System.Globalization;
using Kms.Core.Ports;

namespace Kms.Cli.Commands;

/// <summary><c>novakms chain</c>: what the registry says, at both views.</summary>
internal static class ChainCommand
{
    public static Command Create(CliOutput io)
    {
        var command = new Command("chain", "Show the cluster's registry: heads, epochs, proposal, operators");
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed, withIdentity: false);
            var chain = connection.Chain;
            var final = await chain.GetHeadAsync(Finality.Final, cancel);
            var latest = await chain.GetHeadAsync(Finality.Latest, cancel);
            if (!final.TryGet(out var finalHead) || !latest.TryGet(out var latestHead))
            {
                io.Log($"the chain does not answer: {final.Detail ?? latest.Detail}");
                return ExitCode.Unavailable;
            }

            var read = await chain.ReadRegistryAsync(latestHead, chain.Identity.KmsRegistry, cancel);
            if (!read.TryGet(out var registry))
            {
                io.Log($"the registry cannot be read: {read.Failure} {read.Detail}");
                return ExitCode.Unavailable;
            }

            var kms = registry.Kms;
            if (options.Json(parsed))
            {
                io.Object(new
                {
                    chain_id = chain.Identity.ChainId,
                    kms_registry = chain.Identity.KmsRegistry.ToString(),
                    latest = new { number = latestHead.Number, hash = latestHead.Hash.ToString() },
                    final = new { number = finalHead.Number, hash = finalHead.Hash.ToString() },
                    kms_app_id = kms.KmsApp?.Value,
                    default_epoch = kms.DefaultEpoch?.Value,
                    confirmation_target = kms.ConfirmationTarget,
                    next_epoch_wanted = kms.NextEpochWanted,
                    epochs = kms.Epochs.Select(epoch => new { epoch = epoch.Epoch.Value, hash = epoch.Hash.ToString(), proposer = epoch.Proposer.ToString(), activated_at_block = epoch.ActivatedAtBlock, confirmations = epoch.Confirmations, retired = epoch.Retired }),
                    operators = registry.Operators.Select(one => new { wallet = one.Wallet.ToString(), url = one.Instance?.Url, instance = one.Instance?.Status.ToString(), version = one.Version?.Status.ToString() }),
                });
                return ExitCode.Ok;
            }

            io.Line(string.Create(CultureInfo.InvariantCulture, $"chain {chain.Identity.ChainId} registry {chain.Identity.KmsRegistry} latest {latestHead.Number} final {finalHead.Number}"));
            io.Line(string.Create(CultureInfo.InvariantCulture, $"kms app {kms.KmsApp} default epoch {kms.DefaultEpoch} confirmation target {kms.ConfirmationTarget} next epoch wanted {kms.NextEpochWanted}"));
            foreach (var epoch in kms.Epochs)
            {
                io.Line(string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch} {epoch.Hash} confirmations {epoch.Confirmations}{(epoch.Retired ? " retired" : string.Empty)}"));
            }

            foreach (var one in registry.Operators)
            {
                io.Line($"operator {one.Wallet} {one.Instance?.Url} {one.Instance?.Status} {one.Version?.Status}");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
