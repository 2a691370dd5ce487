using System.Reflection;
using System.Text.Json;
using Kms.Sim.Drivers;
using Kms.Sim.World;

namespace Kms.Sim.Report;

/// <summary>One HTML file that tells a failure: lanes, messages, faults, orphans, state changes, the broken rule.</summary>
internal static class SpaceTimePage
{
    /// <summary>Keeps the page under a megabyte and readable.</summary>
    private const int MaxEvents = 2_500;

    private const int MaxText = 260;

    /// <param name="replay">How to run it again; by scenario and seed when there is no bundle file.</param>
    public static string Render(Bundle bundle, string? replay = null)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("space-time.html")
            ?? throw new InvalidOperationException("the page's template is missing");
        using var reader = new StreamReader(stream);
        int dropped = Math.Max(0, bundle.Trace.Count - MaxEvents);
        var events = bundle.Trace.Where((happened, index) => index >= dropped || EventLog.IsMilestone(happened.Kind)).Select(happened => new object?[]
        {
            happened.Id,
            Math.Round(happened.At.TotalMilliseconds, 1),
            happened.Kind,
            happened.Lane,
            happened.Text.Length > MaxText ? happened.Text[..MaxText] + "…" : happened.Text,
            happened.Cause,
        });
        var (promise, meaning) = RuleTexts.Of(bundle.Violation.Checker);
        var data = JsonSerializer.Serialize(new
        {
            scenario = bundle.Spec.Scenario,
            seed = bundle.Spec.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            commit = bundle.Commit,
            driver = bundle.Driver,
            hash = bundle.Hash,
            nodes = bundle.Spec.Options.Nodes,
            rule = bundle.Violation.Checker,
            promise,
            meaning,
            reproducible = bundle.IsReproducible,
            planBefore = bundle.PlanBefore,
            replay = "dotnet run -c Release --project src/Kms.Sim -- "
                + (replay is null ? $"run --scenario {bundle.Spec.Scenario} --seed {bundle.Spec.Seed}" : $"replay {replay}"),
            text = bundle.Violation.Text,
            at = bundle.Violation.At.TotalMilliseconds,
            plan = bundle.Spec.Plan.Select(fault => new
            {
                at = fault.AtMs,
                after = fault.After != Faults.FaultTrigger.None,
                node = fault.Node,
                raw = fault.ToString(),
                plain = FaultText.Describe(fault, bundle.Spec.Options.Nodes),
            }),
            events,
        });

        // JSON inside a script element: no closing tag may appear in it.
        return reader.ReadToEnd().Replace("/*DATA*/null", data.Replace("</", "<\\/", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
