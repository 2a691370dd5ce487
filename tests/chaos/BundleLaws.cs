using System.Reflection;
using System.Text.Json;
using FsCheck.Xunit;
using Kms.Sim.Drivers;
using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Chaos;

/// <summary>A bundle is the run: whatever a spec can hold comes back from its JSON as it was, zeros and defaults too.</summary>
public sealed class BundleLaws
{
    [Property(MaxTest = 500)]
    public bool A_spec_comes_back_as_it_was_written(ulong seed)
    {
        var spec = Draw(new SimRandom(seed));
        var read = JsonSerializer.Deserialize<RunSpec>(JsonSerializer.SerializeToUtf8Bytes(spec, FaultPlan.Json), FaultPlan.Json)!;
        return read with { Plan = spec.Plan } == spec && read.Plan.SequenceEqual(spec.Plan);
    }

    [Property(MaxTest = 100)]
    public bool A_field_that_is_not_there_is_refused(ulong seed)
    {
        // A bundle of other sources may say less than a run depends on: better no replay than one of another world.
        var options = JsonSerializer.SerializeToNode(Draw(new SimRandom(seed)), FaultPlan.Json)!["options"]!.AsObject();
        var name = options.ElementAt((int)(seed % (ulong)options.Count)).Key;
        options.Remove(name);
        return Should.Throw<JsonException>(() => JsonSerializer.Deserialize<WorldOptions>(options, FaultPlan.Json)).Message.Contains(name, StringComparison.Ordinal);
    }

    /// <summary>Every option, every kind and every trigger; zeros as often as everything else.</summary>
    private static RunSpec Draw(SimRandom random)
    {
        var options = new WorldOptions();
        foreach (var property in typeof(WorldOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(one => one.CanWrite))
        {
            property.SetValue(options, Value(random, property.PropertyType));
        }

        var plan = Enum.GetValues<FaultKind>().Select(kind => new PlannedFault(
            Number(random), kind, (int)Number(random) - 1, (int)Number(random), Number(random), (int)Number(random), random.Pick(Enum.GetValues<FaultTrigger>()))).ToList();
        random.Shuffle(plan);
        return new RunSpec("Everything_at_once", random.Next(), options, plan, Number(random), Number(random))
        {
            Schedule = random.Chance(0.5) ? null : SprintSchedule.Draw(random, null),
        };
    }

    private static object Value(SimRandom random, Type type) =>
        type == typeof(bool) ? random.Chance(0.5)
        : Convert.ChangeType(Number(random), type, System.Globalization.CultureInfo.InvariantCulture);

    private static long Number(SimRandom random) => random.Pick([0L, 0L, 1L, 2L, random.Between(0, 1_000_000)]);
}
