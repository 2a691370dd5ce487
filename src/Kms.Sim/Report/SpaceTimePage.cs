using System.Reflection;
using System.Text.Json;
using Kms.Sim.Drivers;

namespace Kms.Sim.Report;

/// <summary>One HTML file that tells a failure: lanes, messages, faults, orphans, state changes, the broken rule.</summary>
internal static class SpaceTimePage
{
    /// <summary>Keeps the page under a megabyte and readable.</summary>
    private const int MaxEvents = 2_500;

    private const int MaxText = 160;

    public static string Render(Bundle bundle)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("space-time.html")
            ?? throw new InvalidOperationException("the page's template is missing");
        using var reader = new StreamReader(stream);
        var events = bundle.Trace.TakeLast(MaxEvents).Select(happened => new object?[]
        {
            happened.Id,
            Math.Round(happened.At.TotalMilliseconds, 1),
            happened.Kind,
            happened.Lane,
            happened.Text.Length > MaxText ? happened.Text[..MaxText] + "…" : happened.Text,
            happened.Cause,
        });
        var data = JsonSerializer.Serialize(new
        {
            scenario = bundle.Spec.Scenario,
            seed = bundle.Spec.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture),
            commit = bundle.Commit,
            driver = bundle.Driver,
            hash = bundle.Hash,
            nodes = bundle.Spec.Options.Nodes,
            rule = bundle.Violation.Checker,
            text = bundle.Violation.Text,
            at = bundle.Violation.At.TotalMilliseconds,
            plan = bundle.Spec.Plan.Select(fault => new { at = fault.AtMs, length = fault.ForMs, text = fault.ToString() }),
            events,
        });

        // JSON inside a script element: no closing tag may appear in it.
        return reader.ReadToEnd().Replace("/*DATA*/null", data.Replace("</", "<\\/", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
