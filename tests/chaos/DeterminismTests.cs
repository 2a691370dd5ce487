using System.Diagnostics;
using System.Globalization;
using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;

namespace Kms.Chaos;

/// <summary>One seed, one history: what makes a failure worth anything.</summary>
public sealed class DeterminismTests
{
    [Fact]
    public void The_same_seeds_give_the_same_event_hashes_in_two_processes()
    {
        string there = InAnotherProcess(first: 7, runs: 2);
        foreach (ulong seed in (ulong[])[7, 8])
        {
            var here = Marathon.Run(RunSpec.Draw(Swarm.Everything, seed, null), Swarm.Everything.Promises, 0);
            there.ShouldContain($"seed={seed.ToString(CultureInfo.InvariantCulture)} hash={here.Hash}");
        }
    }

    [Fact]
    public void Another_seed_gives_another_hash()
    {
        var scenario = Catalogue.Find("Two_fresh_nodes_boot_in_one_block");
        var hashes = new ulong[] { 1, 2, 3 }.Select(seed => Marathon.Run(RunSpec.Draw(scenario, seed, null), scenario.Promises, 0).Hash);
        hashes.Distinct().Count().ShouldBe(3);
    }

    private static string InAnotherProcess(ulong first, int runs)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                typeof(Marathon).Assembly.Location, "run", "--scenario", Swarm.Everything.Name, "--seed", first.ToString(CultureInfo.InvariantCulture),
                "--runs", runs.ToString(CultureInfo.InvariantCulture),
            },
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
