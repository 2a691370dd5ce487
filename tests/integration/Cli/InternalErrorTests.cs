using System.Text.RegularExpressions;
using Kms.Cli;
using Kms.Integration.Support;
using Kms.Node;

namespace Kms.Integration.Cli;

/// <summary>What nobody expected ends in one line that says what to report, and in an exit code of its own.</summary>
[Collection(SharedDevnet.Name)]
public sealed partial class InternalErrorTests(DevnetFixture fixture)
{
    [Theory]
    [InlineData("status")]
    [InlineData("chain", "--json")]
    [InlineData("derive", "internal/error")]
    public async Task What_nobody_expected_is_one_line_to_report_and_70(params string[] arguments)
    {
        await using var output = new BrokenOutput();
        await using var log = new StringWriter();

        int code = await NovaKmsProgram.RunAsync([.. arguments, "--devnet", fixture.File], output, log);

        string told = log.ToString();
        code.ShouldBe(ExitCode.Internal, told);
        Report().IsMatch(told).ShouldBeTrue(told);
        told.ShouldNotContain("hunter2", Case.Sensitive, "a message can hold anything");
    }

    [Fact]
    public async Task A_full_disk_under_the_result_is_no_bug()
    {
        await using var output = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        await using var log = new StringWriter();

        int code = await NovaKmsProgram.RunAsync(["chain", "--json", "--devnet", fixture.File], output, log);

        code.ShouldBe(ExitCode.Usage, log.ToString());
        log.ToString().ShouldStartWith("the result cannot be written: ");
    }

    [Fact]
    public void Seventy_is_what_other_programs_call_an_internal_error() => ExitCode.Internal.ShouldBe(70);

    [GeneratedRegex(@"\Ainternal error: NotImplementedException in [\w.+]*BrokenOutput\.\w+, novakms \d+(\.\d+)+\. This is a bug of novakms: please report this line and the command, without keys\n\z")]
    private static partial Regex Report();

    /// <summary>Stands for a bug: whatever is done with it throws what no contract names.</summary>
    private sealed class BrokenOutput : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new NotImplementedException("hunter2");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotImplementedException("hunter2");

        public override void Flush() => throw new NotImplementedException("hunter2");
    }
}
