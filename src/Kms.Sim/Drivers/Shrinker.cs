using Kms.Sim.Faults;

namespace Kms.Sim.Drivers;

/// <summary>Makes a failure smaller: delta debugging over the faults, then over the horizon. The same rule must break.</summary>
internal sealed class Shrinker(string checker, int maxRuns, Action<string> progress)
{
    private int _runs;

    public RunSpec Shrink(RunSpec spec, TimeSpan violatedAt)
    {
        var plan = ShrinkPlan(spec);
        var best = spec with { Plan = plan };
        long horizon = (long)violatedAt.TotalMilliseconds + 1;
        foreach (var shorter in new[] { horizon, spec.HorizonMs / 4, spec.HorizonMs / 2 })
        {
            var candidate = best with { HorizonMs = shorter };
            if (shorter < best.HorizonMs && Fails(candidate))
            {
                return candidate;
            }
        }

        return best;
    }

    private List<PlannedFault> ShrinkPlan(RunSpec spec)
    {
        var plan = spec.Plan.ToList();
        int chunk = Math.Max(1, plan.Count / 2);
        while (plan.Count > 0 && _runs < maxRuns)
        {
            bool smaller = false;
            for (int start = 0; start < plan.Count && _runs < maxRuns; start += chunk)
            {
                var without = plan.Where((_, index) => index < start || index >= start + chunk).ToList();
                if (Fails(spec with { Plan = without }))
                {
                    plan = without;
                    smaller = true;
                    break;
                }
            }

            if (!smaller && chunk == 1)
            {
                break;
            }

            chunk = smaller ? Math.Max(1, Math.Min(chunk, plan.Count)) : Math.Max(1, chunk / 2);
        }

        return plan;
    }

    private bool Fails(RunSpec spec)
    {
        _runs++;
        bool fails = Marathon.Run(spec, [], 0).Violation?.Checker == checker;
        progress($"shrinking: run {_runs}, {spec.Plan.Count} faults, {spec.Horizon}: {(fails ? "still fails" : "holds")}");
        return fails;
    }
}
