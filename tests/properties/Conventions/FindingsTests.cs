using System.Text.RegularExpressions;

namespace Kms.Properties.Conventions;

/// <summary>What the documents say of tests is true: those that they name exist.</summary>
public sealed partial class FindingsTests
{
    private static readonly string[] Findings =
    [
        .. Numbered('C', 3), .. Numbered('H', 6), .. Numbered('M', 8), .. Numbered('L', 10), .. Numbered('R', 33),
    ];

    private static readonly Lazy<Dictionary<string, HashSet<string>>> Tests = new(ReadTests);

    [Fact]
    public void Each_finding_has_a_row_with_a_reason_and_tests()
    {
        string[][] rows = [.. Rows("docs/findings.md")];
        rows.Select(static cells => cells[0]).ShouldBe(Findings);
        rows.ShouldAllBe(static cells => cells.Length == 4 && cells[2].Length > 20 && Quoted().IsMatch(cells[3]));
    }

    [Theory]
    [InlineData("docs/findings.md")]
    [InlineData("docs/invariants.md")]
    public void The_tests_that_a_table_names_exist(string document)
    {
        var missing = new List<string>();
        int named = 0;
        foreach (string[] cells in Rows(document))
        {
            string type = string.Empty;
            foreach (Match quoted in Quoted().Matches(cells[^1]))
            {
                // `Class`, `Class.Method`, or another method of the class before; an ellipsis stands for the rest of a name.
                string[] parts = quoted.Groups[1].Value.Split('.');
                bool isMethod = parts.Length == 1 && parts[0].Contains('_', StringComparison.Ordinal);
                type = isMethod ? type : parts[0];
                string method = (isMethod ? parts[0] : parts.Length == 2 ? parts[1] : string.Empty).TrimEnd('…');
                named++;
                if (!Tests.Value.TryGetValue(type, out var methods) || !methods.Any(name => name.StartsWith(method, StringComparison.Ordinal)))
                {
                    missing.Add($"{cells[0]}: {quoted.Groups[1].Value}");
                }
            }
        }

        named.ShouldBeGreaterThan(15);
        missing.ShouldBeEmpty();
    }

    private static IEnumerable<string> Numbered(char letter, int count) => Enumerable.Range(1, count).Select(number => $"{letter}{number}");

    private static IEnumerable<string[]> Rows(string document) =>
        File.ReadLines(Path.Combine(Source.Root, document))
            .Where(static line => Row().IsMatch(line))
            .Select(static line => line.Trim('|').Split('|').Select(static cell => cell.Trim()).ToArray());

    private static Dictionary<string, HashSet<string>> ReadTests()
    {
        var tests = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (string path in Source.Files("tests", "*.cs").Concat(Source.Files("contracts/test", "*.sol")))
        {
            string type = string.Empty;
            foreach (string line in File.ReadLines(path))
            {
                type = Type().Match(line) is { Success: true } declared ? declared.Groups[1].Value : type;
                if (Method().Match(line) is { Success: true } method)
                {
                    (tests.TryGetValue(type, out var known) ? known : tests[type] = []).Add(method.Groups[1].Value);
                }
            }
        }

        return tests;
    }

    [GeneratedRegex(@"^\| (?:[CHMLR]?\d+) \|")]
    private static partial Regex Row();

    [GeneratedRegex("`([A-Za-z0-9_.…]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^(?:public |internal )?(?:sealed |abstract |static )?(?:partial )?(?:class|contract) (\w+)")]
    private static partial Regex Type();

    [GeneratedRegex(@"^\s+(?:public (?:async )?(?:void|Task|bool|Property) |function )(\w+)\s*\(")]
    private static partial Regex Method();
}
