using Kms.Sim.Drivers;
using Kms.Sim.Scenarios;

var spec = RunSpec.Draw(Catalogue.Find(args[0]), ulong.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture), null);
var watch = System.Diagnostics.Stopwatch.StartNew();
var report = Marathon.Run(spec, Catalogue.Find(args[0]).Promises, 4000);
if (args.Length > 2)
{
    foreach (var one in report.Trace)
    {
        Console.WriteLine($"{one.At} {one.Lane} {one.Kind} {one.Text}");
    }
}

foreach (var (what, count) in report.Sometimes)
{
    Console.WriteLine($"  {what}: {count}");
}

Console.WriteLine($"{report.Spec.Scenario} seed={report.Spec.Seed} hash={report.Hash} simulated={report.Simulated} events={report.Events} in {watch.Elapsed} {report.Violation}");
return report.Violation is null ? 0 : 1;
