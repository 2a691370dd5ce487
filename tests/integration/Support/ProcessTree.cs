using System.Globalization;

namespace Kms.Integration.Support;

/// <summary>A process and everything it started, by /proc.</summary>
internal static class ProcessTree
{
    /// <summary>All descendants now, each with its start time, which tells a reused id apart.</summary>
    public static IReadOnlyList<(int Id, string Started)> Descendants(int root)
    {
        var all = Directory.GetDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
            .Where(id => id > 0)
            .Select(id => (Id: id, Stat: Stat(id)))
            .Where(one => one.Stat is not null)
            .ToList();
        var found = new List<(int, string)>();
        var parents = new HashSet<int> { root };
        for (int before = -1; before != parents.Count;)
        {
            before = parents.Count;
            foreach (var (id, stat) in all.Where(one => parents.Contains(int.Parse(one.Stat![1], CultureInfo.InvariantCulture))))
            {
                if (parents.Add(id))
                {
                    found.Add((id, stat![19]));
                }
            }
        }

        return found;
    }

    public static bool IsAlive((int Id, string Started) process) =>
        Stat(process.Id) is { } stat && stat[19] == process.Started && stat[0] is not ("Z" or "X");

    /// <summary>The first of them that is still alive after the time limit, or null.</summary>
    public static async Task<(int Id, string Started)?> SurvivorAsync(IReadOnlyList<(int Id, string Started)> processes, TimeSpan limit)
    {
        for (var waited = TimeSpan.Zero; waited < limit && processes.Any(IsAlive); waited += TimeSpan.FromMilliseconds(50))
        {
            await Task.Delay(50);
        }

        return processes.Where(IsAlive).Select(one => ((int, string)?)one).FirstOrDefault();
    }

    // Fields after the command's name, which is in parentheses and may hold anything: state, parent, …, start time.
    private static string[]? Stat(int id)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
