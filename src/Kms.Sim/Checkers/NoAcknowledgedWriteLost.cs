using Kms.Core.Primitives;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A write that was acknowledged is there in the end, or a later one is. Keys of apps that delete are excused only
/// where a delete may explain it.</summary>
internal sealed class NoAcknowledgedWriteLost(SimWorld world, StoredRecords records) : Checker(world)
{
    private static readonly TimeSpan DeleteReach = TimeSpan.FromMinutes(10);

    public override void End()
    {
        foreach (var ((index, key), answer) in records.Final)
        {
            var app = World.Apps[index];
            var writes = World.Workload.Writes.Where(write => write.App == app.Id && write.Key == key).ToArray();
            var owed = writes.Where(write => write.Value is not null && records.IsOwed(write)).MaxBy(write => write.Version, StringComparer.Ordinal);
            if (owed is null)
            {
                continue;
            }

            if (answer.Status == 404 && !World.Workload.MayHaveDeleted(app.Id, key, owed.At - DeleteReach))
            {
                Violate($"app {app.Id} {key}: \"{owed.Value}\", acknowledged at {owed.At}, is gone");
            }
            else if (answer.IsSuccess && string.CompareOrdinal(answer.Text("version"), owed.Version) < 0)
            {
                Violate($"app {app.Id} {key}: an older write stands than \"{owed.Value}\", acknowledged at {owed.At}");
            }
            else if (answer.IsSuccess)
            {
                CheckValue(app.Id, key, answer, writes);
            }
        }
    }

    private void CheckValue(AppId app, string key, WireAnswer answer, WriteRecord[] writes)
    {
        var same = Array.Find(writes, write => write.Value is not null && write.Version == answer.Text("version"));
        var value = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(answer.Text("value")));
        if (same is not null && same.Value != value)
        {
            Violate($"app {app} {key}: version {same.Version} was \"{same.Value}\" and is \"{value}\"");
        }
    }
}
