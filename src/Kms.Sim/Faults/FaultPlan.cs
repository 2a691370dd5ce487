using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Kms.Sim.Faults;

/// <summary>Plans as JSON: to print, to edit, to shrink, to replay.</summary>
internal static class FaultPlan
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { DemandAll } },
    };

    /// <summary>When the last fault of a plan has healed.</summary>
    public static TimeSpan End(IReadOnlyList<PlannedFault> plan, TimeSpan horizon)
    {
        long end = plan.Count == 0 ? 0 : plan.Max(fault => fault.AtMs + fault.ForMs);
        return TimeSpan.FromMilliseconds(Math.Max(end, horizon.TotalMilliseconds));
    }

    /// <summary>Everything is written, and nothing may be missing: a default that fills a gap is another run than the one that failed.</summary>
    private static void DemandAll(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(one => one.Set is not null || one.AssociatedParameter is not null))
        {
            property.IsRequired = true;
        }
    }
}
