using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kms.Sim.Faults;

/// <summary>Plans as JSON: to print, to edit, to shrink, to replay.</summary>
internal static class FaultPlan
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>When the last fault of a plan has healed.</summary>
    public static TimeSpan End(IReadOnlyList<PlannedFault> plan, TimeSpan horizon)
    {
        long end = plan.Count == 0 ? 0 : plan.Max(fault => fault.AtMs + fault.ForMs);
        return TimeSpan.FromMilliseconds(Math.Max(end, horizon.TotalMilliseconds));
    }
}
