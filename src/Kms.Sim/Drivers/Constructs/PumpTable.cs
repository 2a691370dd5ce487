using Kms.Sim.Components;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Drivers.Constructs;

/// <summary>What the driver itself must see, since its pump hides it from Coyote.</summary>
internal static class PumpTable
{
    private const ulong Seeds = 40;

    public static IReadOnlyList<(string Name, string Rule, Func<ComponentRun, Task> Body)> All { get; } =
    [
        ("locks in opposite order, under the pump", nameof(StuckNodes), LocksAsync),
        ("a wait that nothing ends, under the pump", "EveryRequestEnds", _ => new TaskCompletionSource().Task),
        ("an exception in a caller", "NothingThrows", _ => ComponentRun.TogetherAsync(() => throw new InvalidDataException("thrown"))),
        ("a lost update that needs two timers of one window", "LostUpdate", TimersAsync),
    ];

    /// <returns>The rule that broke within a few schedules; null when none did.</returns>
    public static string? Measure(Func<ComponentRun, Task> body)
    {
        var scenario = ComponentScenarios.Component("Measured", body);
        var driver = new SprintDriver(SprintStrategy.Random);
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            if (Sprint.Run(driver.Draw(scenario, seed, null), scenario, [], 0, null).Violation is { } violation)
            {
                return violation.Checker;
            }
        }

        return null;
    }

    private static Task LocksAsync(ComponentRun run)
    {
        object one = new();
        object two = new();
        return ComponentRun.TogetherAsync(() => Nest(one, two), () => Nest(two, one));
    }

    private static async Task TimersAsync(ComponentRun run)
    {
        object gate = new();
        int value = 0;
        Func<double, Task> add = async afterMs =>
        {
            await run.Clock.DelayAsync(TimeSpan.FromMilliseconds(afterMs), default);
            int read;
            lock (gate)
            {
                read = value;
            }

            lock (gate)
            {
                value = read + 1;
            }
        };
        await ComponentRun.TogetherAsync(() => add(3), () => add(7));
        run.Require(value == 2, "LostUpdate", $"{value}");
    }

    private static void Nest(object outer, object inner)
    {
        lock (outer)
        {
            lock (inner)
            {
                GC.KeepAlive(inner);
            }
        }
    }
}
