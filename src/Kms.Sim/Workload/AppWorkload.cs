using System.Globalization;
using System.Net;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>Apps that derive, put, get, delete and list, and remember what they were told.</summary>
internal sealed class AppWorkload(SimWorld world, SimRandom random)
{
    private const int ClientsPerApp = 2;

    private readonly List<WriteRecord> _writes = [];
    private readonly List<(AppId App, string Key, TimeSpan At)> _deletes = [];
    private readonly AppClient _client = world.Client;
    private int _counter;
    private bool _stopped;

    /// <summary>Acknowledged writes and deletes, in the order of their answers.</summary>
    public IReadOnlyList<WriteRecord> Writes => _writes;

    public event Action<DeriveRecord>? Derived;

    /// <summary>An answer with content for an app: app, node, when it was asked.</summary>
    public event Action<SimApp, int, TimeSpan>? Served;

    public void Start()
    {
        if (world.Options.WorkloadMs <= 0)
        {
            return;
        }

        foreach (var app in world.Apps)
        {
            for (int i = 0; i < ClientsPerApp; i++)
            {
                var own = random.Fork(string.Create(CultureInfo.InvariantCulture, $"client {app.Index} {i}"));
                world.Spawn("workload", () => LoopAsync(app, own));
            }
        }
    }

    /// <summary>Whether a delete that was sent after this time may explain that a key is gone.</summary>
    public bool MayHaveDeleted(AppId app, string key, TimeSpan since) => _deletes.Exists(sent => sent.App == app && sent.Key == key && sent.At >= since);

    public void Stop() => _stopped = true;

    /// <summary>One derivation, outside of the loop; null when it was not served.</summary>
    public async Task<string?> DeriveAsync(SimApp app, int node, string path, ulong? epoch, bool v1)
    {
        if (world.Slots[node].Current is not { } server)
        {
            return null;
        }

        var asked = world.Loop.Now;
        object inner = epoch is { } named ? new { path, epoch = named } : new { path };
        var answer = await _client.AskAsync(app, server, node, "POST", "/kms/derive", inner, v1);
        Note(app, node, "derive", answer, asked);
        if (!answer.IsSuccess)
        {
            return null;
        }

        var key = answer.Text("key");
        Derived?.Invoke(new DeriveRecord(app, path, answer.Body!["epoch"].UInt64!.Value, epoch is not null, key, node, server, asked, world.Loop.Now));
        return key;
    }

    public async Task<AppAnswer> PutAsync(SimApp app, int node, string key, string value, bool quorum)
    {
        if (world.Slots[node].Current is not { } server)
        {
            return new AppAnswer(0, null, "down");
        }

        var asked = world.Loop.Now;
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value));
        var answer = await _client.AskAsync(app, server, node, "PUT", "/kms/data", new { key, value = encoded, ack = quorum ? "quorum" : "local" }, v1: false);
        Note(app, node, quorum ? "put quorum" : "put", answer, asked);
        if (answer.IsSuccess)
        {
            int stored = (int)(answer.Body!["stored_by"].Int64 ?? 1);
            _writes.Add(new WriteRecord(app.Id, key, answer.Text("version"), value, server, world.Loop.Now, stored));
        }

        return answer;
    }

    public async Task<AppAnswer> GetAsync(SimApp app, int node, string key)
    {
        if (world.Slots[node].Current is not { } server)
        {
            return new AppAnswer(0, null, "down");
        }

        var asked = world.Loop.Now;
        var answer = await _client.AskAsync(app, server, node, "GET", "/kms/data?key=" + WebUtility.UrlEncode(key), null, v1: false);
        Note(app, node, "get", answer, asked);
        return answer;
    }

    /// <summary>Reads, then deletes at the same node, so that it is known what the delete must outlive.</summary>
    public async Task<bool> DeleteAsync(SimApp app, int node, string key)
    {
        var seen = await GetAsync(app, node, key);
        if (!seen.IsSuccess || world.Slots[node].Current is not { } server)
        {
            return false;
        }

        var asked = world.Loop.Now;
        _deletes.Add((app.Id, key, asked));
        var answer = await _client.AskAsync(app, server, node, "DELETE", "/kms/data", new { key }, v1: false);
        Note(app, node, "delete", answer, asked);
        if (!answer.IsSuccess)
        {
            return false;
        }

        _writes.Add(new WriteRecord(app.Id, key, seen.Text("version"), null, server, world.Loop.Now, 1));
        return true;
    }

    public async Task<AppAnswer> ListAsync(SimApp app, int node)
    {
        if (world.Slots[node].Current is not { } server)
        {
            return new AppAnswer(0, null, "down");
        }

        var asked = world.Loop.Now;
        var answer = await _client.AskAsync(app, server, node, "GET", "/kms/data", null, v1: false);
        Note(app, node, "list", answer, asked);
        return answer;
    }

    private void Note(SimApp app, int node, string what, AppAnswer answer, TimeSpan asked)
    {
        world.Log.Add("app", AppClient.Lane, $"app {app.Id} {what} at n{node}: {answer.Status}");
        world.Log.Occurred($"{what} {(answer.Status == 0 ? "unanswered" : answer.Status)}");
        if (answer.Status is (>= 200 and < 300) or 404)
        {
            Served?.Invoke(app, node, asked);
        }
    }

    private async Task LoopAsync(SimApp app, SimRandom own)
    {
        while (!_stopped)
        {
            await world.DelayAsync(TimeSpan.FromMilliseconds(own.Between(world.Options.WorkloadMs / 2, world.Options.WorkloadMs * 3 / 2)));
            if (_stopped)
            {
                return;
            }

            int node = own.Below(world.Slots.Count);
            var key = string.Create(CultureInfo.InvariantCulture, $"key/{own.Below(world.Options.KeysPerApp)}");
            switch (own.Below(10))
            {
                case 0 or 1 or 2:
                    bool v1 = own.Below(100) < world.Options.V1Percent;
                    ulong epochs = (ulong)world.Ledger.Head.State.Kms.Epochs.Length;
                    ulong? epoch = epochs > 0 && own.Chance(0.4) ? 1 + own.Next() % epochs : null;
                    await DeriveAsync(app, node, string.Create(CultureInfo.InvariantCulture, $"path/{own.Below(3)}"), epoch, v1);
                    break;
                case 3 or 4 or 5:
                    await PutAsync(app, node, key, string.Create(CultureInfo.InvariantCulture, $"value {++_counter}"), quorum: own.Chance(0.3));
                    break;
                case 6 or 7:
                    await GetAsync(app, node, key);
                    break;
                case 8:
                    // Even keys are never deleted, so nothing excuses their loss.
                    await DeleteAsync(app, node, string.Create(CultureInfo.InvariantCulture, $"key/{1 + 2 * own.Below(world.Options.KeysPerApp / 2)}"));
                    break;
                default:
                    await ListAsync(app, node);
                    break;
            }
        }
    }
}
