using System.Diagnostics;

namespace Kms.Integration.Support;

/// <summary>A program that is run to its end and must succeed.</summary>
internal static class Command
{
    /// <returns>What it printed on each of the two streams.</returns>
    public static async Task<(string Output, string Errors)> RunAsync(ProcessStartInfo info)
    {
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{info.FileName} {string.Join(' ', info.ArgumentList)}: {errors}{await output}");
        return (await output, errors);
    }
}
