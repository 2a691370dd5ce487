
namespace Kms.Sim.Drivers;

/// <summary>Makes a failure smaller: delta debugging over the faults, then over the horizon. The same rule must break.</summary>
internal sealed class Shrinker(IDriver driver, string checker, int maxRuns, Action<string> progress)
{
    private int _runs;

    public RunSpec Shrink(RunSpec spec, TimeSpan violatedAt)
    {
        var best = ShrinkPlan(spec);
        long horizon = (long)violatedAt.TotalMilliseconds + 1;
        foreach (var shorter in new[] { horizon, spec.HorizonMs / 4, spec.HorizonMs / 2 })
        {
            var candidate = best with { HorizonMs = shorter };
            if (shorter < best.HorizonMs && FindFailing(candidate) is { } failing)
            {
                return failing;
            }
        }

        return best;
    }

    private RunSpec ShrinkPlan(RunSpec spec)
    {
        int chunk = Math.Max(1, spec.Plan.Count / 2);
        while (spec.Plan.Count > 0 && _runs < maxRuns)
        {
            bool smaller = false;
            for (int start = 0; start < spec.Plan.Count && _runs < maxRuns; start += chunk)
            {
                int from = start;
                int size = chunk;
                var without = spec.Plan.Where((_, index) => index < from || index >= from + size).ToList();
                if (FindFailing(spec with { Plan = without }) is { } failing)
                {
                    spec = failing;
                    smaller = true;
                    break;
                }
            }

            if (!smaller && chunk == 1)
            {
                break;
            }

            chunk = smaller ? Math.Max(1, Math.Min(chunk, spec.Plan.Count)) : Math.Max(1, chunk / 2);
        }

        return spec;
    }

    /// <summary>The candidate, under a schedule that still breaks the rule; null when none did.</summary>
    private RunSpec? FindFailing(RunSpec candidate)
    {
        _runs++;
        var failing = driver.Variants(candidate).FirstOrDefault(variant => driver.Run(variant, [], 0).Violation?.Checker == checker);
        progress($"shrinking: run {_runs}, {candidate.Plan.Count} faults, {candidate.Horizon}: {(failing is null ? "holds" : "still fails")}");
        return failing;
    }
}
