using System.Text;
using Kms.Cli;

namespace Kms.Integration.Cli;

/// <summary>One run of the program in this process, both streams kept.</summary>
internal sealed record CliRun(int ExitCode, byte[] Output, string Log)
{
    public string Text => Encoding.UTF8.GetString(Output);

    public static async Task<CliRun> OfAsync(params string[] arguments)
    {
        using var output = new MemoryStream();
        await using var log = new StringWriter();
        int code = await NovaKmsProgram.RunAsync(arguments, output, log);
        return new CliRun(code, output.ToArray(), log.ToString());
    }
}
