using System.Diagnostics;
using Kms.Integration.Support;

namespace Kms.Integration.Client;

/// <summary>Must show 2: a client in another language that shares no code with ours.</summary>
[Collection(SharedDevnet.Name)]
public sealed class ForeignClientTests(DevnetFixture fixture)
{
    [Fact]
    public async Task The_node_script_proves_seals_derives_and_stores()
    {
        string script = Path.Combine(Foundry.Root, "tests", "integration", "clients", "app.mjs");
        (await File.ReadAllTextAsync(script)).Split('\n')
            .Where(line => line.StartsWith("import", StringComparison.Ordinal))
            .ShouldAllBe(line => line.Contains("'node:", StringComparison.Ordinal));
        var info = new ProcessStartInfo("node", [script, fixture.File]) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["CAST"] = Foundry.Program("cast");
        using var process = Process.Start(info)!;
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, errors + await output);
        (await output).ShouldContain("ok: derive put get list delete on 3 nodes");
    }
}
