using System.CommandLine;

namespace Kms.Node;

/// <summary>The <c>novakms-node</c> program: a node and nothing else, for that is what a platform measures.</summary>
internal static class NodeProgram
{
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter log) => CommandLine.RunAsync(
        "novakms-node", NodeCommand.In(new RootCommand(NodeCommand.Description), log.WriteLine), arguments, log, static _ => null);
}
