using System.Globalization;
using System.Text.RegularExpressions;
using Kms.Core;

namespace Kms.Properties.Conventions;

/// <summary>Nodes keep what they only stopped using for longer than a repair through governance takes: the contract's own constants
/// and the table in docs/contracts.md ("Repairs, and how long they take") against the nodes' limit.</summary>
public sealed class RepairTimesTests
{
    private const long DaySeconds = 24 * 3600;
    private static readonly long MaxDelay = Constant("MAX_DELAY");
    private static readonly long GracePeriod = Constant("GRACE_PERIOD");

    [Fact]
    public void Secrets_are_kept_for_longer_than_the_longest_scheduled_repair_and_than_thirty_days()
    {
        Limits.MinSecretKeptMs.ShouldBeGreaterThanOrEqualTo((MaxDelay + GracePeriod) * 1000);
        Limits.MinSecretKeptMs.ShouldBeGreaterThanOrEqualTo(30 * DaySeconds * 1000);
    }

    [Fact]
    public void The_documented_repair_times_follow_from_the_contract_and_fit_the_limit()
    {
        var rows = Rows();
        rows.Count.ShouldBeGreaterThan(8);
        foreach (var (accident, waits, seconds) in rows)
        {
            int delays = waits.StartsWith("delay; then", StringComparison.Ordinal) ? 2 : waits == "delay" ? 1 : 0;
            seconds.ShouldBe(delays * (MaxDelay + GracePeriod), accident);
            if (delays < 2)
            {
                (seconds * 1000).ShouldBeLessThanOrEqualTo(Limits.MinSecretKeptMs, accident);
            }
        }

        // The one exception, as the document says: two delays fit where one is at most 16 days.
        rows.Count(static row => row.Seconds * 1000 > Limits.MinSecretKeptMs).ShouldBe(1);
        (2 * ((16 * DaySeconds) + GracePeriod) * 1000).ShouldBeLessThanOrEqualTo(Limits.MinSecretKeptMs);
        (2 * ((17 * DaySeconds) + GracePeriod) * 1000).ShouldBeGreaterThan(Limits.MinSecretKeptMs);
    }

    private static List<(string Accident, string Waits, long Seconds)> Rows()
    {
        string document = File.ReadAllText(Path.Combine(Source.Root, "docs/contracts.md"));
        string section = document[document.IndexOf("## Repairs, and how long they take", StringComparison.Ordinal)..];
        return
        [
            .. section[..section.IndexOf("\n### ", StringComparison.Ordinal)].Split('\n')
                .Select(static line => line.Split('|'))
                .Where(static cells => cells.Length == 7 && Regex.IsMatch(cells[5].Trim(), "^[0-9]+$"))
                .Select(static cells => (cells[1].Trim(), cells[4].Trim(), long.Parse(cells[5].Trim(), CultureInfo.InvariantCulture))),
        ];
    }

    private static long Constant(string name)
    {
        string source = File.ReadAllText(Path.Combine(Source.Root, "contracts/src/base/Governance.sol"));
        var match = Regex.Match(source, $@"constant {name} = (\d+) days;");
        match.Success.ShouldBeTrue(name);
        return long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * DaySeconds;
    }
}
