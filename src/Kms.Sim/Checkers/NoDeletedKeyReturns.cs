using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>What was deleted, and everything older, stays deleted.</summary>
internal sealed class NoDeletedKeyReturns(SimWorld world, StoredRecords records) : Checker(world)
{
    public override void End()
    {
        foreach (var ((index, key), answer) in records.Final)
        {
            var app = World.Apps[index];
            var deleted = World.Workload.Writes
                .Where(write => write.App == app.Id && write.Key == key && write.Value is null && records.IsOwed(write))
                .MaxBy(write => write.Version, StringComparer.Ordinal);
            if (deleted is not null && answer.IsSuccess && string.CompareOrdinal(answer.Text("version"), deleted.Version) <= 0)
            {
                Violate($"app {app.Id} {key}: version {answer.Text("version")} is back after its delete at {deleted.At}");
            }
        }
    }
}
