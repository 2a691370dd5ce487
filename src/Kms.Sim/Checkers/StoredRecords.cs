using System.Globalization;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Reads every key back through the protocol when the world has settled, for the two laws of the store.</summary>
internal sealed class StoredRecords(SimWorld world)
{
    private readonly Dictionary<(int App, string Key), WireAnswer> _final = [];

    /// <summary>App index and key to the answer that the cluster gives now.</summary>
    public IReadOnlyDictionary<(int App, string Key), WireAnswer> Final => _final;

    public bool IsComplete { get; private set; }

    public async Task ReadBackAsync()
    {
        var ready = world.Members().Where(slot => slot.Current!.Node.IsReady).Select(slot => slot.Index).ToArray();
        foreach (var app in world.Apps.Where(app => app.RevokedAt is null))
        {
            foreach (var key in world.Workload.Writes.Where(write => write.App == app.Id).Select(write => write.Key).Distinct().Order(StringComparer.Ordinal))
            {
                for (int i = 0; i < ready.Length; i++)
                {
                    var answer = await world.Workload.GetAsync(app, ready[i], key);
                    if (i == 0)
                    {
                        _final[(app.Index, key)] = answer;
                    }
                    else if (answer.Status != _final[(app.Index, key)].Status)
                    {
                        world.Violate(nameof(Convergence), string.Create(
                            CultureInfo.InvariantCulture, $"app {app.Id} {key}: n{ready[0]} says {_final[(app.Index, key)].Status}, n{ready[i]} says {answer.Status}"));
                    }
                }
            }
        }

        IsComplete = ready.Length > 0;
    }

    /// <summary>Whether an acknowledgement still binds the cluster: its node is a member, or it named more holders than were lost since.</summary>
    public bool IsOwed(WriteRecord write)
    {
        // A node that was expelled before it could push is as lost as one that died: nobody takes anything from it any more.
        var members = world.Members().ToArray();
        bool stays = members.Any(slot => ReferenceEquals(slot.Current, write.By));
        return stays || write.StoredBy > world.DeathsSince(write.At) + world.Alive.Count() - members.Length;
    }
}
