namespace Kms.Sim.Drivers;

/// <summary>Drivers by the names that the command line and bundles use.</summary>
internal static class Driver
{
    public static IReadOnlyList<IDriver> All { get; } = [new MarathonDriver(), new SprintDriver(null)];

    public static IDriver Find(string name, SprintStrategy? strategy = null) => name switch
    {
        MarathonDriver.DriverName => All[0],
        SprintDriver.DriverName => new SprintDriver(strategy),
        _ => throw new ArgumentException($"no such driver: {name}", nameof(name)),
    };
}
