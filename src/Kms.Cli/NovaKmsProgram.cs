using System.CommandLine;
using Kms.Cli.Commands;
using Kms.Devnet;
using Kms.Node;

namespace Kms.Cli;

/// <summary>The <c>novakms</c> program: results on stdout, everything else on stderr.</summary>
internal static class NovaKmsProgram
{
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, Stream output, TextWriter log)
    {
        var io = new CliOutput(output, log);
        var root = new RootCommand("Nova KMS: run a node or a devnet, derive keys, store values.")
        {
            NodeCommand.In(new Command("node", NodeCommand.Description), io.Log),
            DevnetCommand.Create(io),
            DemoCommand.Create(io),
            DeriveCommand.Create(io),
            KvCommand.Create(io),
            StatusCommand.Create(io),
            ChainCommand.Create(io),
        };
        return CommandLine.RunAsync("novakms", root, arguments, log, static error => error switch
        {
            UsageException => ExitCode.Usage,
            DevnetException => ExitCode.Unavailable,
            _ => null,
        });
    }
}
