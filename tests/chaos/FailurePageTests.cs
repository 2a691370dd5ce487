using System.Net;
using System.Text.Json;
using Kms.Sim.Checkers;
using Kms.Sim.Drivers;
using Kms.Sim.Faults;
using Kms.Sim.Report;
using Kms.Sim.Scenarios;
using Kms.Sim.World;

namespace Kms.Chaos;

/// <summary>The page about a failure, in a real browser: what it shows, and that its filters do what they say.</summary>
public sealed class FailurePageTests
{
    private const string Watch = "<script>var errors = []; addEventListener('error', e => errors.push(e.message)); console.error = (...a) => errors.push(a.join(' '));</script>";

    // What a reader would do, in order; the browser runs it on the finished page.
    private const string Use = """
        <script>
        const look = () => ({ shown: +document.body.dataset.shown, messages: document.querySelectorAll('line.m').length, dots: document.querySelectorAll('[data-id]').length });
        const seen = { errors, start: look(), rule: document.getElementById('rule').textContent, promise: document.getElementById('promise').textContent,
          text: document.getElementById('text').textContent, replay: document.getElementById('replay').textContent, meta: document.getElementById('meta').textContent,
          lanes: [...document.querySelectorAll('#head [data-lane]')].map(l => l.dataset.lane), violations: document.querySelectorAll('.dot.violation').length - 1,
          bands: document.querySelectorAll('.band').length - 1, lives: document.querySelectorAll('#lanes .life').length, orphans: document.querySelectorAll('#dots .orphan').length,
          story: document.querySelectorAll('#story li').length, legend: document.querySelectorAll('#legend span').length, plan: document.getElementById('plan').textContent };
        document.getElementById('causal').click(); seen.causal = look();
        document.getElementById('causal').click(); seen.again = look();
        document.getElementById('messages').click(); seen.without = look(); document.getElementById('messages').click();
        document.getElementById('routine').click(); seen.routine = look(); document.getElementById('routine').click();
        const first = document.querySelector('[data-id]'); first.dispatchEvent(new MouseEvent('click', { bubbles: true })); seen.detail = document.getElementById('detail').textContent;
        seen.what = document.getElementById('what').textContent;
        document.getElementById('toviolation').click();
        const find = document.getElementById('filter'); find.value = 'no such thing'; find.dispatchEvent(new Event('input')); seen.nothing = look();
        document.body.innerHTML = ''; const pre = document.createElement('pre'); pre.textContent = JSON.stringify(seen); document.body.append(pre);
        </script>
        """;

    [Fact]
    public async Task A_browser_shows_the_lanes_the_messages_and_the_broken_rule_and_filters_by_cause()
    {
        var seen = await OpenAsync(SpaceTimePage.Render(Failure()));

        seen.GetProperty("errors").GetArrayLength().ShouldBe(0, seen.GetProperty("errors").ToString());
        seen.GetProperty("lanes").EnumerateArray().Select(lane => lane.GetString()).ShouldBe(["n0", "n1", "n2", "chain", "odyn", "dns", "apps", "attacker", "world"]);
        seen.GetProperty("rule").GetString().ShouldBe("One secret per epoch");
        seen.GetProperty("promise").GetString()!.ShouldContain("same master secret");
        seen.GetProperty("text").GetString()!.ShouldContain("n1 and n0 </script> differ");
        seen.GetProperty("replay").GetString()!.ShouldContain("--seed 5");
        seen.GetProperty("meta").GetString()!.ShouldContain("seed 5");
        seen.GetProperty("violations").GetInt32().ShouldBe(1);
        seen.GetProperty("plan").GetString()!.ShouldContain("n2 is cut off from all other nodes");
        foreach (var part in new[] { "bands", "lives", "orphans", "story", "legend" })
        {
            seen.GetProperty(part).GetInt32().ShouldBeGreaterThan(0, part);
        }

        Number(seen, "start", "messages").ShouldBeGreaterThan(20);
        Number(seen, "start", "dots").ShouldBe(Number(seen, "start", "shown"));
        Number(seen, "causal", "shown").ShouldBeInRange(10, Number(seen, "start", "shown") - 10);
        Number(seen, "again", "shown").ShouldBe(Number(seen, "start", "shown"));
        Number(seen, "without", "messages").ShouldBeLessThan(Number(seen, "start", "messages"));
        Number(seen, "routine", "shown").ShouldBeGreaterThan(Number(seen, "start", "shown"));
        Number(seen, "nothing", "shown").ShouldBe(1, "the violation stays");
        seen.GetProperty("what").GetString().ShouldBe("the selected event");
        seen.GetProperty("detail").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Every_rule_and_every_fault_has_words_for_strangers()
    {
        typeof(Checker).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Checker)))
            .Select(type => type.Name).Where(name => !RuleTexts.Knows(name)).ShouldBeEmpty();
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            var fault = new PlannedFault(1_000, kind, Node: 1, Other: 2, ForMs: 5_000, Amount: 1);
            FaultText.Describe(fault, 3).ShouldNotContain(fault.ToString());
        }
    }

    private static int Number(JsonElement seen, string when, string what) => seen.GetProperty(when).GetProperty(what).GetInt32();

    private static async Task<JsonElement> OpenAsync(string page)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".html");
        try
        {
            await File.WriteAllTextAsync(file, page.Replace("<head>", "<head>" + Watch, StringComparison.Ordinal).Replace("</body>", Use + "</body>", StringComparison.Ordinal));
            var document = await Chromium.DumpAsync(file);
            int from = document.LastIndexOf("<pre>", StringComparison.Ordinal) + 5;
            from.ShouldBeGreaterThan(4, document[..Math.Min(2_000, document.Length)]);
            using var json = JsonDocument.Parse(WebUtility.HtmlDecode(document[from..document.LastIndexOf("</pre>", StringComparison.Ordinal)]));
            return json.RootElement.Clone();
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A real run with a fault, a reorganisation and all kinds of traffic; only the verdict is made up.</summary>
    private static Bundle Failure()
    {
        PlannedFault[] plan = [new(40_000, FaultKind.Isolate, Node: 2, ForMs: 20_000), new(50_000, FaultKind.Reorg, Amount: 2)];
        var spec = RunSpec.Draw(Catalogue.Find("The_chain_stalls_and_goes_on"), 5, null) with { Plan = plan, HorizonMs = 75_000 };
        var report = Marathon.Run(spec, [], 4_000);
        var last = report.Trace[^1];
        var text = "epoch 1: n1 and n0 </script> differ";
        SimEvent verdict = new(last.Id + 1, last.At, "violation", "world", $"OneSecretPerEpoch: {text}", null);
        return new Bundle("0", "marathon", spec, plan.Length, new Violation("OneSecretPerEpoch", text, last.At), report.Hash, true, [.. report.Trace, verdict]);
    }
}
