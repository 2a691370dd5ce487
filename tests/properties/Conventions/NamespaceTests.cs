using System.Text.RegularExpressions;

namespace Kms.Properties.Conventions;

/// <summary>Core's rooms refer to each other in one direction: no two need each other, and none is needed by what it needs.</summary>
public sealed partial class NamespaceTests
{
    [Fact]
    public void The_rooms_of_Core_form_no_cycle()
    {
        var needs = Needs();
        needs.Keys.ShouldContain("Registry", "the folders were read");
        needs["Membership"].ShouldContain("Ports", "and so were the using lines");
        needs["Node.Pipeline"].ShouldContain("Node.Handlers", "and so were the rooms within rooms");
        needs["Node"].ShouldContain("Node.Pipeline");

        CycleIn(needs).ShouldBeNull();
    }

    /// <summary>What stands in <c>Node</c> itself is seen from its rooms without a using line: it is made of them, so they have to do without it.</summary>
    [Fact]
    public void The_rooms_of_a_node_do_without_what_is_made_of_them()
    {
        string node = Path.Combine(Source.Root, "src", "Kms.Core", "Node");
        string[] made = [.. Directory.GetFiles(node, "*.cs").SelectMany(static path => Declared().Matches(File.ReadAllText(path))).Select(static match => match.Groups["name"].Value)];
        made.ShouldContain("NodeParts");
        var word = new Regex($@"(?<![\w.])(?:{string.Join('|', made)})\b");

        Directory.GetDirectories(node).SelectMany(static room => Directory.GetFiles(room, "*.cs"))
            .Where(path => File.ReadLines(path).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && word.IsMatch(line)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_files_that_the_documents_walk_through_exist()
    {
        string[] named = [.. Source.Files("docs", "*.md").SelectMany(static path => NamedFile().Matches(File.ReadAllText(path))).Select(static match => match.Value).Distinct()];
        named.Length.ShouldBeGreaterThan(20);
        named.Where(static name => !File.Exists(Path.Combine(Source.Root, "src", name))).ShouldBeEmpty();
    }

    [Fact]
    public void A_cycle_is_found() =>
        CycleIn(new() { ["A"] = ["B"], ["B"] = ["C"], ["C"] = ["A"], ["D"] = ["A"] }).ShouldBe("A → B → C → A");

    /// <summary>Folder by folder, which others its files use. The root, which everybody sees, has to do without any of them but what it is made of.</summary>
    private static SortedDictionary<string, SortedSet<string>> Needs()
    {
        var needs = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        string core = Path.Combine(Source.Root, "src", "Kms.Core");
        foreach (string path in Source.Files("src", "*.cs").Where(path => path.StartsWith(core + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
        {
            string room = Path.GetDirectoryName(Path.GetRelativePath(core, path))!.Replace(Path.DirectorySeparatorChar, '.');
            if (room.Length == 0)
            {
                continue;
            }

            if (!needs.TryGetValue(room, out var used))
            {
                needs.Add(room, used = new SortedSet<string>(StringComparer.Ordinal));
            }

            used.UnionWith(Mentions().Matches(File.ReadAllText(path)).Select(static match => match.Groups["room"].Value).Where(other => other != room));
        }

        return needs;
    }

    private static string? CycleIn(SortedDictionary<string, SortedSet<string>> needs)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var way = new List<string>();
        return needs.Keys.Select(Visit).FirstOrDefault(static cycle => cycle is not null);

        string? Visit(string room)
        {
            if (way.Contains(room))
            {
                return string.Join(" → ", way.SkipWhile(one => one != room).Append(room));
            }

            if (!done.Add(room))
            {
                return null;
            }

            way.Add(room);
            string? found = needs.TryGetValue(room, out var used) ? used.Select(Visit).FirstOrDefault(static cycle => cycle is not null) : null;
            way.Remove(room);
            return found;
        }
    }

    [GeneratedRegex(@"\bKms\.[A-Z]\w+/[\w/]+\.cs\b")]
    private static partial Regex NamedFile();

    // A using line, or a name that is qualified where it stands.
    [GeneratedRegex(@"^using (?:static )?Kms\.Core\.(?<room>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Mentions();

    [GeneratedRegex(@"^(?:public|internal) (?:\w+ )*(?:class|record|struct|enum|interface) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Declared();
}
