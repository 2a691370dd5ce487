using System.Globalization;
using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Drivers;

/// <summary>
/// What a kind of fault may cost: the world is told again without it, and no start of a node that came to use an epoch in both may
/// have come to it so many ticks later. A rule about two runs: one alone shows no delay.
/// </summary>
internal sealed record ToldWithout(FaultKind Kind, int Ticks)
{
    public const string Rule = "FaultsCostLittleTime";

    public RunReport Judge(RunReport told, Func<RunSpec, RunReport> tell)
    {
        var spec = told.Spec with { Plan = [.. told.Spec.Plan.Where(fault => fault.Kind != Kind)] };
        if (told.Violation is not null || spec.Plan.Count == told.Spec.Plan.Count)
        {
            return told;
        }

        var without = tell(spec);
        var most = Ticks * TimeSpan.FromMilliseconds(spec.Options.TickMs);
        foreach (var (use, at) in told.FirstUses.Where(one => without.FirstUses.ContainsKey(one.Key)))
        {
            var delay = at - without.FirstUses[use];
            if (delay >= most)
            {
                return told with
                {
                    Violation = Violation.Of(Rule, string.Create(CultureInfo.InvariantCulture, $"{Kind} delayed {use} by {delay.TotalSeconds:F1} s"), at),
                };
            }
        }

        return told;
    }
}
