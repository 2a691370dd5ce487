using System.Reflection;
using System.Text.Json;
using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>Everything that a failure needs to be seen again, in one JSON file.</summary>
/// <param name="Commit">Of the sources that failed, if the build knew it.</param>
/// <param name="PlanBefore">Faults before shrinking.</param>
internal sealed record Bundle(
    string Commit,
    string Driver,
    RunSpec Spec,
    int PlanBefore,
    Violation Violation,
    string Hash,
    bool IsReproducible,
    IReadOnlyList<SimEvent> Trace)
{
    /// <summary>Every choice of a Sprint's schedule; null under Marathon, where the seed is enough.</summary>
    public string? ScheduleTrace { get; init; }

    public static string CurrentCommit =>
        typeof(Bundle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+').ElementAtOrDefault(1) ?? "unknown";

    public static Bundle Read(string path) =>
        JsonSerializer.Deserialize<Bundle>(File.ReadAllBytes(path), FaultPlan.Json) ?? throw new InvalidDataException($"no bundle: {path}");

    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(this, FaultPlan.Json));
    }
}
