using System.CommandLine;
using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Cli;

/// <summary><c>novasim list</c></summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var command = new Command("list", "Prints the scenarios and the drivers they are meant for.");
        command.SetAction(_ =>
        {
            foreach (var scenario in Catalogue.All)
            {
                var drivers = Driver.All.Where(driver => driver.Tells(scenario)).Select(driver => driver.Name);
                Console.WriteLine($"{scenario.Name,-80} {string.Join(' ', drivers)}");
            }

            return 0;
        });
        return command;
    }
}
