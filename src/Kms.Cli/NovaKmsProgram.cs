using System.CommandLine;
using System.CommandLine.Parsing;
using Kms.Cli.Commands;

namespace Kms.Cli;

/// <summary>The <c>novakms</c> program: results on stdout, everything else on stderr.</summary>
internal static class NovaKmsProgram
{
    // Stopping a devnet takes a few seconds; the library would end the process after two.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Stream output, TextWriter log)
    {
        var io = new CliOutput(output, log);
        var root = new RootCommand("Nova KMS: run a node or a devnet, derive keys, store values.")
        {
            NodeCommand.Create(io),
            DevnetCommand.Create(io),
            DemoCommand.Create(io),
            DeriveCommand.Create(io),
            KvCommand.Create(io),
            StatusCommand.Create(io),
            ChainCommand.Create(io),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await log.WriteLineAsync(error.Message);
            }

            await log.WriteLineAsync($"try: {PathOf(parsed.CommandResult)} --help");
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = StopTimeout, EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (UsageException error)
        {
            await log.WriteLineAsync(error.Message);
            return ExitCode.Usage;
        }
        catch (Hosting.Devnet.DevnetException error)
        {
            await log.WriteLineAsync(error.Message);
            return ExitCode.Unavailable;
        }
        catch (OperationCanceledException)
        {
            await log.WriteLineAsync("stopped");
            return ExitCode.Unavailable;
        }
        catch (Exception unexpected)
        {
            // The one place: no answer of anybody may show a user a stack trace. A message can hold anything, so it is not shown.
            await log.WriteLineAsync(
                $"internal error: {unexpected.GetType().Name} in {unexpected.TargetSite?.DeclaringType?.FullName}.{unexpected.TargetSite?.Name}, "
                + $"novakms {typeof(NovaKmsProgram).Assembly.GetName().Version}. This is a bug of novakms: please report this line and the command, without keys");
            return ExitCode.Internal;
        }
    }

    private static string PathOf(CommandResult? command) =>
        command?.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "novakms";
}
