using System.Diagnostics;
using System.Globalization;
using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;

namespace Kms.Sim.Cli;

/// <summary>Many runs, several at a time, until one fails or the work is done.</summary>
internal sealed class RunBatch(
    IDriver driver, IReadOnlyList<(Scenario Scenario, int Weight)> scenarios, ulong firstSeed, int runs, TimeSpan limit, int? nodes, int jobs, string bundles, bool shrink, bool quiet)
{
    private const int TraceEvents = 4_000;
    private const int MaxShrinkRuns = 60;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    /// <summary>One round: each scenario as often as its weight says, each time with a seed of its own.</summary>
    private readonly (Scenario Scenario, int Turn, int Turns)[] _rotation =
    [
        .. scenarios.SelectMany(static one => Enumerable.Range(0, one.Weight).Select(turn => (one.Scenario, turn, one.Weight))),
    ];

    private readonly object _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly SortedDictionary<string, long> _coverage = new(StringComparer.Ordinal);
    private TimeSpan _simulated;
    private TimeSpan _printedAt;
    private long _next;
    private long _done;
    private long _schedules;
    private long _steps;
    private long _operations;
    private RunReport? _failed;

    public int Run()
    {
        var workers = new Thread[jobs];
        for (int i = 0; i < jobs; i++)
        {
            workers[i] = new Thread(Work);
            workers[i].Start();
        }

        foreach (var worker in workers)
        {
            worker.Join();
        }

        PrintProgress(Console.Out);
        foreach (var (what, count) in _coverage)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  sometimes {what}: {count}"));
        }

        return _failed is null ? 0 : Explain(_failed);
    }

    private void Work()
    {
        while (true)
        {
            long index;
            lock (_gate)
            {
                index = _next++;
                if (_failed is not null || index / _rotation.Length >= runs || _watch.Elapsed >= limit)
                {
                    return;
                }
            }

            var (scenario, turn, turns) = _rotation[(int)(index % _rotation.Length)];
            var spec = driver.Draw(scenario, firstSeed + ((ulong)(index / _rotation.Length) * (ulong)turns) + (ulong)turn, nodes);
            Note(driver.Run(spec, nodes is null ? scenario.Promises : [], 0));
        }
    }

    private void Note(RunReport report)
    {
        lock (_gate)
        {
            _done++;
            _schedules += report.Schedules;
            _steps += report.Steps;
            _operations += report.Operations;
            _simulated += report.Simulated;
            foreach (var (what, count) in report.Sometimes)
            {
                _coverage[what] = _coverage.GetValueOrDefault(what) + count;
            }

            var verdict = report.Violation is { } violation ? $"VIOLATION {violation.Checker}" : "ok";
            if (!quiet || report.Violation is not null)
            {
                Console.WriteLine($"{report.Spec.Scenario} seed={report.Spec.Seed} hash={report.Hash} simulated={report.Simulated:d\\.hh\\:mm\\:ss} events={report.Events} {verdict}");
            }

            if (report.Violation is not null)
            {
                _failed ??= report;
            }
            else if (_watch.Elapsed - _printedAt > ProgressEvery)
            {
                _printedAt = _watch.Elapsed;
                PrintProgress(Console.Error);
            }
        }
    }

    private void PrintProgress(TextWriter to)
    {
        double hours = _simulated.TotalHours;
        to.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_done} runs, {_schedules} schedules, {_steps} steps, {_operations} operations, {hours:F1} simulated hours in {_watch.Elapsed.TotalSeconds:F0} s ({hours / _watch.Elapsed.TotalSeconds:F2} h/s, {_schedules / _watch.Elapsed.TotalSeconds:F1} schedules/s), {_coverage.Count} kinds of events"));
    }

    /// <summary>Runs it again, makes it smaller, writes the bundle; the last line says how to see it again.</summary>
    private int Explain(RunReport failed)
    {
        var violation = failed.Violation!;
        Console.WriteLine($"{violation.Checker} at {violation.At}: {violation.Text}");
        var again = driver.Run(failed.Spec, nodes is null ? Catalogue.Find(failed.Spec.Scenario).Promises : [], TraceEvents);
        bool reproducible = again.Hash == failed.Hash;
        Console.WriteLine(reproducible ? "the second run gives the same hash" : $"NOT REPRODUCIBLE: the second run gives {again.Hash}");
        var spec = failed.Spec;
        // A step without end costs a minute and a thread each time.
        if (shrink && reproducible && violation.Checker is not "Promises" and not nameof(StuckNodes))
        {
            spec = new Shrinker(driver, violation.Checker, MaxShrinkRuns, Console.WriteLine).Shrink(failed.Spec, violation.At);
            again = driver.Run(spec, [], TraceEvents);
        }

        var path = Path.Combine(bundles, $"{spec.Scenario}-{spec.Seed}.json");
        new Bundle(Bundle.CurrentCommit, driver.Name, spec, failed.Spec.Plan.Count, again.Violation ?? violation, again.Hash, reproducible, again.Trace)
        {
            ScheduleTrace = again.ScheduleTrace,
        }.Write(path);
        foreach (var fault in spec.Plan)
        {
            Console.WriteLine($"  {TimeSpan.FromMilliseconds(fault.AtMs)} {fault}");
        }

        Console.WriteLine($"violation {violation.Checker} seed={spec.Seed}; replay: dotnet run --project src/Kms.Sim -- replay {path}");
        return 1;
    }
}
