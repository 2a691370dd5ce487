using System.CommandLine;
using Kms.Sim.Drivers;
using Kms.Sim.Report;

namespace Kms.Sim.Cli;

/// <summary><c>novasim report bundle.json -o file.html</c></summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var bundle = new Argument<FileInfo>("bundle") { Description = "A failure bundle." };
        var output = new Option<FileInfo>("--output", "-o") { Description = "The HTML file to write.", Required = true };
        var command = new Command("report", "Draws a failure as one HTML file that needs no network.") { bundle, output };
        command.SetAction(parsed =>
        {
            var file = parsed.GetValue(bundle)!;
            var html = SpaceTimePage.Render(Bundle.Read(file.FullName), file.ToString());
            File.WriteAllText(parsed.GetValue(output)!.FullName, html);
            return 0;
        });
        return command;
    }
}
