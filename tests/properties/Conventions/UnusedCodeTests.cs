using System.Text.RegularExpressions;

namespace Kms.Properties.Conventions;

/// <summary>Code that nothing runs protects nobody (findings H4, L1, L2, L3).</summary>
public sealed partial class UnusedCodeTests
{
    /// <summary>Names that only tests or the framework use, each with its reason.</summary>
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["MinSecretKeptMs"] = "a promise: what is only out of use is kept for as long as the node lives, and RepairTimesTests holds that against the contract",
        ["Left"] = "tests count nonces with it",
        ["CachedPeers"] = "tests see the bound of the cache with it",
        ["RegisterOutsiderAsync"] = "tests put nodes of other processes into a devnet",
        ["BlockNumberAsync"] = "tests mine by hand",
        ["AlgorithmDetails"] = "BouncyCastle calls it",
        ["CreateCalculator"] = "BouncyCastle calls it",
        ["BeginScope"] = "logging calls it",
    };

    [Fact]
    public void Everything_that_the_product_declares_is_used_by_it()
    {
        string[] sources = [.. Source.Files("src", "*.cs").Select(static path => WithoutComments(path))];
        var uses = sources.SelectMany(static text => Word().Matches(text)).CountBy(static match => match.Value).ToDictionary(StringComparer.Ordinal);
        var recorded = Source.Files("src", "PublicAPI.Shipped.txt").SelectMany(static path => Word().Matches(File.ReadAllText(path))).Select(static match => match.Value).ToHashSet(StringComparer.Ordinal);
        var declared = Source.Files("src", "*.cs")
            .Where(static path => !path.Contains("/Kms.Sim/", StringComparison.Ordinal))
            .SelectMany(static path => Declaration().Matches(WithoutComments(path)).Select(match => (Name: match.Groups[1].Value, File: Path.GetRelativePath(Source.Root, path))))
            .ToArray();

        declared.Length.ShouldBeGreaterThan(1_500, "else the expression sees nothing");
        declared.Where(one => uses[one.Name] < 2 && !recorded.Contains(one.Name) && !Elsewhere.ContainsKey(one.Name)).ShouldBeEmpty();
        Elsewhere.Keys.Where(name => !uses.ContainsKey(name)).ShouldBeEmpty("an exception for nothing goes");
    }

    [Fact]
    public void Every_limit_is_used()
    {
        string product = string.Join('\n', Source.Files("src", "*.cs").Where(static path => !path.EndsWith("/Limits.cs", StringComparison.Ordinal)).Select(File.ReadAllText));
        string[] limits = [.. typeof(Core.Limits).GetFields().Select(static field => field.Name)];

        limits.Length.ShouldBeGreaterThan(80);
        limits.Where(name => !Elsewhere.ContainsKey(name) && !Regex.IsMatch(product, $@"\bLimits\.{name}\b")).ShouldBeEmpty();
    }

    private static string WithoutComments(string path) =>
        string.Join('\n', File.ReadLines(path).Where(static line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)));

    [GeneratedRegex(@"\b[A-Za-z_]\w*\b")]
    private static partial Regex Word();

    [GeneratedRegex(
        @"^\s*(?:public|internal|private|protected)\s+(?!.*\boverride\b)(?:(?:static|sealed|async|readonly|const|abstract|virtual|partial|required|unsafe|extern|new|event)\s+)*(?:class|record struct|record|struct|enum|interface|delegate|[\w<>\[\],?.() ]+?)\s+([A-Za-z_]\w*)\s*(?:<[^>(]*>)?\s*(?:\(|=|\{|;|:|$)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
