using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kms.Node;

/// <summary>One run of a program, from its arguments to its exit code: whatever happens, its log says it without a stack trace.</summary>
internal static class CommandLine
{
    // Stopping a devnet takes a few seconds; the library would end the process after two.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <param name="program">What it is called in its own messages.</param>
    /// <param name="expected">The exit code for an exception whose message is for the user; null for any other.</param>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        string program, RootCommand root, IReadOnlyList<string> arguments, TextWriter log, Func<Exception, int?> expected)
    {
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await log.WriteLineAsync(error.Message);
            }

            await log.WriteLineAsync($"try: {PathOf(program, parsed.CommandResult)} --help");
            return ExitCode.Usage;
        }

        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = StopTimeout, EnableDefaultExceptionHandler = false };
        try
        {
            return await parsed.InvokeAsync(invocation);
        }
        catch (OperationCanceledException)
        {
            await log.WriteLineAsync("stopped");
            return ExitCode.Unavailable;
        }
        catch (Exception error) when (expected(error) is { } code)
        {
            await log.WriteLineAsync(error.Message);
            return code;
        }
        catch (Exception unexpected)
        {
            // The one place: no answer of anybody may show a user a stack trace. A message can hold anything, so it is not shown.
            await log.WriteLineAsync(
                $"internal error: {unexpected.GetType().Name} in {unexpected.TargetSite?.DeclaringType?.FullName}.{unexpected.TargetSite?.Name}, "
                + $"{program} {typeof(CommandLine).Assembly.GetName().Version}. This is a bug of {program}: please report this line and the command, without keys");
            return ExitCode.Internal;
        }
    }

    private static string PathOf(string program, CommandResult? command) =>
        command?.Parent is CommandResult parent ? $"{PathOf(program, parent)} {command.Command.Name}" : program;
}
