using System.CommandLine;
using System.Globalization;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Registry;
using Kms.Node;

namespace Kms.Cli.Commands;

/// <summary><c>novakms chain</c>: what the registry says, at both views, and who is a member by it.</summary>
internal static class ChainCommand
{
    public static Command Create(CliOutput io)
    {
        var command = new Command("chain", "Show the cluster's registry: heads, epochs, proposal, operators and whether each is a member");
        var options = new ClientOptions(command);
        command.SetAction(async (parsed, cancel) =>
        {
            using var connection = options.Open(parsed, withIdentity: false);
            var chain = connection.Chain;
            var read = await ChainReport.ReadAsync(chain, cancel);
            if (!read.TryGet(out var report))
            {
                io.Log($"the registry cannot be read: {read.Failure} {read.Detail}");
                return ExitCode.Unavailable;
            }

            if (report.AtFinal is null)
            {
                io.Log("the final view cannot be read: nobody is a member");
            }

            if (options.Json(parsed))
            {
                io.Object(Json(chain.Identity, report));
                return ExitCode.Ok;
            }

            foreach (string line in Lines(chain.Identity, report))
            {
                io.Line(line);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static object Json(ChainIdentity identity, ChainReport report)
    {
        var kms = report.AtLatest.Kms;
        return new
        {
            chain_id = identity.ChainId,
            kms_registry = identity.KmsRegistry.ToString(),
            latest = new { number = report.AtLatest.At.Number, hash = report.AtLatest.At.Hash.ToString() },
            final = new { number = report.Final.Number, hash = report.Final.Hash.ToString() },
            kms_app_id = kms.KmsApp?.Value,
            default_epoch = kms.DefaultEpoch?.Value,
            confirmation_target = kms.ConfirmationTarget,
            next_epoch_wanted = kms.NextEpochWanted,
            epochs = kms.Epochs.Select(epoch => new { epoch = epoch.Epoch.Value, hash = epoch.Hash.ToString(), proposer = epoch.Proposer.ToString(), activated_at_block = epoch.ActivatedAtBlock, confirmations = epoch.Confirmations, retired = epoch.Retired }),
            operators = report.Operators.Select(one => new
            {
                wallet = one.Record.Wallet.ToString(),
                url = one.Record.Instance?.Url,
                instance = one.Record.Instance?.Status.ToString(),
                instance_id = one.Record.Instance?.Id.Value,
                zk_verified = one.Record.Instance?.ZkVerified,
                version = one.Record.Version?.Status.ToString(),
                version_id = one.Record.Version?.Id.Value,
                measurement = one.Record.Version?.CodeMeasurement.ToString(),
                member = one.Refusal is null,
                reason = OperatorStanding.Name(one.Refusal),
                latest = View(one.AtLatest),
                final = View(one.AtFinal),
                in_active_instances = one.IsActive,
            }),
            unlisted = report.Unlisted?.Select(one => new
            {
                wallet = one.Facts.Wallet.ToString(),
                url = one.Facts.Instance?.Url,
                member_but_for_the_list = one.IsMemberButForTheList,
            }),
        };

        static object View(PeerRefusal? refusal) => new { member = refusal is null, reason = OperatorStanding.Name(refusal) };
    }

    private static IEnumerable<string> Lines(ChainIdentity identity, ChainReport report)
    {
        var kms = report.AtLatest.Kms;
        yield return string.Create(CultureInfo.InvariantCulture, $"chain {identity.ChainId} registry {identity.KmsRegistry} latest {report.AtLatest.At.Number} final {report.Final.Number}");
        yield return string.Create(CultureInfo.InvariantCulture, $"kms app {kms.KmsApp} default epoch {kms.DefaultEpoch} confirmation target {kms.ConfirmationTarget} next epoch wanted {kms.NextEpochWanted}");
        foreach (var epoch in kms.Epochs)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"epoch {epoch.Epoch} {epoch.Hash} confirmations {epoch.Confirmations}{(epoch.Retired ? " retired" : string.Empty)}");
        }

        foreach (var one in report.Operators)
        {
            string hidden = one.IsActive == false ? "; not among the platform's active instances" : string.Empty;
            yield return $"operator {one.Record.Wallet} {Url(one.Record.Instance)} {one.Record.Instance?.Status} {one.Record.Version?.Status} {one.Describe()}{hidden}";
        }

        foreach (var one in report.Unlisted ?? [])
        {
            yield return $"unlisted {one.Facts.Wallet} {Url(one.Facts.Instance)} {(one.IsMemberButForTheList ? "a member but for the list: syncOperator adds it" : "no member either")}";
        }
    }

    /// <summary>As one word of a line: whoever registered it may have written anything there.</summary>
    private static string Url(InstanceRecord? instance) =>
        instance is null ? "?" : new string([.. instance.Url.Select(static letter => letter is > ' ' and <= '~' ? letter : '?')]);
}
