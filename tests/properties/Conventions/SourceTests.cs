using System.Text.RegularExpressions;

namespace Kms.Properties.Conventions;

/// <summary>House rules that a compiler does not check.</summary>
public sealed partial class SourceTests
{
    private const int MaxLines = 440;

    /// <summary>One idea per file: it has the name of a type in it, and can be read at a sitting.</summary>
    [Fact]
    public void A_file_of_the_product_is_named_by_a_type_in_it_and_is_short()
    {
        var offenders = new List<string>();
        foreach (string path in Source.Files("src", "*.cs"))
        {
            string text = File.ReadAllText(path);
            var types = TopLevelType().Matches(text).Select(static match => match.Groups["name"].Value).ToList();
            int lines = text.AsSpan().Count('\n');
            if ((types.Count > 0 && !types.Contains(Path.GetFileName(path).Split('.')[0])) || lines > MaxLines)
            {
                offenders.Add($"{Path.GetRelativePath(Source.Root, path)}: {string.Join(", ", types)}; {lines} lines");
            }
        }

        offenders.ShouldBeEmpty();
    }

    /// <summary>Zeroing an array that a collection may have moved leaves the copy that it moved from.</summary>
    [Fact]
    public void What_is_zeroed_is_pinned()
    {
        var offenders = Source.Files("src", "*.cs")
            .Where(static path => !path.Contains("/Kms.Devnet/", StringComparison.Ordinal) && !path.Contains("/Kms.Sim/", StringComparison.Ordinal))
            .Where(static path => File.ReadAllText(path).Contains("ZeroMemory(", StringComparison.Ordinal))
            .SelectMany(static path => File.ReadLines(path)
                .Where(static line => UnpinnedArray().IsMatch(line) && !line.Contains("// public", StringComparison.Ordinal))
                .Select(line => $"{Path.GetRelativePath(Source.Root, path)}: {line.Trim()}"))
            .ToArray();

        offenders.ShouldBeEmpty("SecretBytes.Allocate, or say \"// public\"");
    }

    [Fact]
    public void There_is_one_hex_codec()
    {
        var offenders = Source.Files("src", "*.cs")
            .Where(static path => !path.EndsWith("/Primitives/Hex.cs", StringComparison.Ordinal))
            .Where(static path => HexCall().IsMatch(File.ReadAllText(path)))
            .Select(static path => Path.GetRelativePath(Source.Root, path))
            .ToArray();

        offenders.ShouldBeEmpty();
    }

    [Fact]
    public void No_name_in_the_product_hides_what_it_does()
    {
        var offenders = Source.Files("src", "*.cs")
            .Select(static path => Path.GetFileNameWithoutExtension(path))
            .Where(static name => name.EndsWith("Manager", StringComparison.Ordinal) || name.EndsWith("Helper", StringComparison.Ordinal) || name.EndsWith("Utils", StringComparison.Ordinal))
            .ToArray();

        offenders.ShouldBeEmpty();
    }

    [Fact]
    public void No_passage_is_written_twice()
    {
        const int Lines = 7;
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var copies = new List<string>();
        // Two layouts of one answer are two messages (contracts/tools/messages.mjs).
        foreach (string path in Source.Files("src", "*.cs").Where(static path => !path.EndsWith(".g.cs", StringComparison.Ordinal)))
        {
            string[] lines = [.. File.ReadLines(path).Select(static line => line.Trim()).Where(static line => !WithoutLogic().IsMatch(line))];
            for (int at = 0; at + Lines <= lines.Length; at++)
            {
                string passage = string.Join('\n', lines[at..(at + Lines)]);
                string here = $"{Path.GetRelativePath(Source.Root, path)}: {lines[at]}";
                if (!seen.TryAdd(passage, here))
                {
                    copies.Add($"{here} as in {seen[passage]}");
                }
            }
        }

        copies.ShouldBeEmpty("one component of code can serve both");
    }

    [GeneratedRegex(@"^(?://.*|using .*|namespace .*|[{}();,\]]*)$")]
    private static partial Regex WithoutLogic();

    [GeneratedRegex(@"^(?:public|internal|file)\s+(?:(?:static|sealed|abstract|readonly|partial|ref|unsafe)\s+)*(?:record\s+struct|class|record|struct|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"new (byte|char)\[|RandomNumberGenerator\.GetBytes")]
    private static partial Regex UnpinnedArray();

    [GeneratedRegex(@"Convert\.(?:ToHexString|FromHexString|ToHexStringLower)|BitConverter\.ToString")]
    private static partial Regex HexCall();
}
