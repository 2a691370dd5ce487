using System.CommandLine;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Cli;

/// <summary><c>novasim list</c></summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Prints the scenarios.");
        command.SetAction(_ =>
        {
            foreach (var scenario in Catalogue.All)
            {
                Console.WriteLine(scenario.Name);
            }

            return 0;
        });
        return command;
    }
}
