using System.Globalization;
using System.Net;
using Kms.Client;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>
/// Apps that derive, put, get, delete and list, and remember what they were told: through the real client mostly, and some of it over
/// the wire at one node, whether or not that is where the client would ask.
/// </summary>
internal sealed class AppWorkload : IDisposable
{
    private const int ClientsPerApp = 2;
    private const double WireShare = 0.3;

    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly List<WriteRecord> _writes = [];
    private readonly List<(AppId App, string Key, TimeSpan At)> _deletes = [];
    private readonly CancellationTokenSource _stop = new();
    private int _counter;
    private bool _stopped;

    public AppWorkload(SimWorld world, SimRandom random)
    {
        _world = world;
        _random = random;
        world.Network.ResponseSeen += (message, response) =>
        {
            if (message.Exchange is { } exchange && message.From == AppClient.Lane)
            {
                exchange.Answer(world.Slots[message.To].Current!, response.Status, response.Body.Span.IndexOf("\"applied\":true"u8) >= 0);
            }
        };
    }

    /// <summary>Acknowledged writes and deletes, in the order of their answers.</summary>
    public IReadOnlyList<WriteRecord> Writes => _writes;

    public event Action<DeriveRecord>? Derived;

    /// <summary>An answer with content for an app: app, node, when it was asked.</summary>
    public event Action<SimApp, int, TimeSpan>? Served;

    /// <summary>The client gave its caller a result, or was told to stop.</summary>
    public event Action<SdkCall>? Concluded;

    public void Start()
    {
        if (_world.Options.WorkloadMs <= 0)
        {
            return;
        }

        foreach (var app in _world.Apps)
        {
            var enclave = new AppEnclave(_world, app, _random.Fork(string.Create(CultureInfo.InvariantCulture, $"app {app.Index}")));
            for (int i = 0; i < ClientsPerApp; i++)
            {
                var own = _random.Fork(string.Create(CultureInfo.InvariantCulture, $"client {app.Index} {i}"));
                var client = new SdkClient(_world, app, enclave, first: app.Index + i, _stop.Token);
                _world.Spawn("workload", () => LoopAsync(app, client, own));
            }
        }
    }

    /// <summary>Whether a delete that was sent after this time may explain that a key is gone.</summary>
    public bool MayHaveDeleted(AppId app, string key, TimeSpan since) => _deletes.Exists(sent => sent.App == app && sent.Key == key && sent.At >= since);

    /// <summary>No more requests, and no more attempts of what is under way.</summary>
    public void Stop()
    {
        _stopped = true;
        _world.Loop.After(TimeSpan.Zero, _stop.Cancel);
    }

    public void Dispose() => _stop.Dispose();

    public void Remember(DeriveRecord derived) => Derived?.Invoke(derived);

    public void Remember(WriteRecord acknowledged) => _writes.Add(acknowledged);

    /// <summary>A delete was under way until now.</summary>
    public void MayHaveDeletedNow(AppId app, string key) => _deletes.Add((app, key, _world.Loop.Now));

    /// <summary>A call through the client is over.</summary>
    public void Note(SdkCall call)
    {
        var outcome = call.Failure?.ToString() ?? (call.IsDone ? "done" : "stopped");
        var taken = call.IsDone || call.Failure is KmsFailure.Refused or KmsFailure.NotFound or KmsFailure.VersionConflict ? call.Taken : null;
        _world.Log.Add("app", AppClient.Lane, $"app {call.App.Id} {call.What} by the client: {outcome} of {(taken is null ? "nobody" : $"n{taken.Node}")}");
        _world.Log.Occurred($"client {call.What} {outcome}");
        if (taken is not null)
        {
            _world.Log.Occurred($"{call.What} {taken.Status}");
        }

        if (call.FailedOver)
        {
            _world.Log.Occurred("client failed over");
        }

        if (call.Kind == SdkCallKind.ConditionalWrite && call.Attempts.SkipWhile(attempt => !attempt.IsLost).Skip(1).Any())
        {
            _world.Log.Occurred("client repeated a conditional write");
        }

        if ((call.IsDone || call.Failure == KmsFailure.NotFound) && taken?.Node is { } node)
        {
            Served?.Invoke(call.App, node, taken.SentAt);
        }

        Concluded?.Invoke(call);
    }

    /// <summary>One derivation, outside of the loop; null when it was not served.</summary>
    public async Task<string?> DeriveAsync(SimApp app, int node, string path, ulong? epoch, bool v1)
    {
        if (_world.Slots[node].Current is not { } server)
        {
            return null;
        }

        var asked = _world.Loop.Now;
        object inner = epoch is { } named ? new { path, epoch = named } : new { path };
        var answer = await _world.Client.AskAsync(app, server, node, "POST", "/kms/derive", inner, v1);
        Note(app, node, "derive", answer, asked);
        if (!answer.IsSuccess)
        {
            return null;
        }

        var key = answer.Text("key");
        Derived?.Invoke(new DeriveRecord(app, path, answer.Body!["epoch"].UInt64!.Value, epoch is not null, key, node, server, asked, _world.Loop.Now));
        return key;
    }

    public async Task<WireAnswer> PutAsync(SimApp app, int node, string key, string value, bool quorum)
    {
        if (_world.Slots[node].Current is not { } server)
        {
            return new WireAnswer(0, null, "down");
        }

        var asked = _world.Loop.Now;
        var encoded = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value));
        var answer = await _world.Client.AskAsync(app, server, node, "PUT", "/kms/data", new { key, value = encoded, ack = quorum ? "quorum" : "local" }, v1: false);
        Note(app, node, quorum ? "put quorum" : "put", answer, asked);
        if (answer.IsSuccess)
        {
            int stored = (int)(answer.Body!["stored_by"].Int64 ?? 1);
            _writes.Add(new WriteRecord(app.Id, key, answer.Text("version"), value, server, _world.Loop.Now, stored));
        }

        return answer;
    }

    public async Task<WireAnswer> GetAsync(SimApp app, int node, string key)
    {
        if (_world.Slots[node].Current is not { } server)
        {
            return new WireAnswer(0, null, "down");
        }

        var asked = _world.Loop.Now;
        var answer = await _world.Client.AskAsync(app, server, node, "GET", "/kms/data?key=" + WebUtility.UrlEncode(key), null, v1: false);
        Note(app, node, "get", answer, asked);
        return answer;
    }

    /// <summary>Reads, then deletes at the same node, so that it is known what the delete must outlive.</summary>
    public async Task<bool> DeleteAsync(SimApp app, int node, string key)
    {
        var seen = await GetAsync(app, node, key);
        if (!seen.IsSuccess || _world.Slots[node].Current is not { } server)
        {
            return false;
        }

        var asked = _world.Loop.Now;
        _deletes.Add((app.Id, key, asked));
        var answer = await _world.Client.AskAsync(app, server, node, "DELETE", "/kms/data", new { key }, v1: false);
        Note(app, node, "delete", answer, asked);
        if (!answer.IsSuccess)
        {
            return false;
        }

        _writes.Add(new WriteRecord(app.Id, key, seen.Text("version"), null, server, _world.Loop.Now, 1));
        return true;
    }

    public async Task<WireAnswer> ListAsync(SimApp app, int node)
    {
        if (_world.Slots[node].Current is not { } server)
        {
            return new WireAnswer(0, null, "down");
        }

        var asked = _world.Loop.Now;
        var answer = await _world.Client.AskAsync(app, server, node, "GET", "/kms/data", null, v1: false);
        Note(app, node, "list", answer, asked);
        return answer;
    }

    private void Note(SimApp app, int node, string what, WireAnswer answer, TimeSpan asked)
    {
        _world.Log.Add("app", AppClient.Lane, $"app {app.Id} {what} at n{node}: {answer.Status}");
        _world.Log.Occurred($"{what} {(answer.Status == 0 ? "unanswered" : answer.Status)}");
        if (answer.Status is (>= 200 and < 300) or 404)
        {
            Served?.Invoke(app, node, asked);
        }
    }

    private async Task LoopAsync(SimApp app, SdkClient client, SimRandom own)
    {
        while (!_stopped)
        {
            await _world.DelayAsync(TimeSpan.FromMilliseconds(own.Between(_world.Options.WorkloadMs / 2, _world.Options.WorkloadMs * 3 / 2)));
            if (!_stopped)
            {
                await AskAsync(app, client, own);
            }
        }
    }

    private Task AskAsync(SimApp app, SdkClient client, SimRandom own)
    {
        int? wire = own.Chance(WireShare) ? own.Below(_world.Slots.Count) : null;
        var key = string.Create(CultureInfo.InvariantCulture, $"key/{own.Below(_world.Options.KeysPerApp)}");
        switch (own.Below(10))
        {
            case 0 or 1 or 2:
                var path = string.Create(CultureInfo.InvariantCulture, $"path/{own.Below(3)}");
                ulong epochs = (ulong)_world.Ledger.Head.State.Kms.Epochs.Length;
                ulong? epoch = epochs > 0 && own.Chance(0.4) ? 1 + own.Next() % epochs : null;
                // The client proves v2 alone.
                bool v1 = own.Below(100) < _world.Options.V1Percent;
                return v1 || wire is not null ? DeriveAsync(app, wire ?? own.Below(_world.Slots.Count), path, epoch, v1) : client.DeriveAsync(path, epoch);
            case 3 or 4 or 5:
                var value = string.Create(CultureInfo.InvariantCulture, $"value {++_counter}");
                bool quorum = own.Chance(0.3);
                return wire is { } putting ? PutAsync(app, putting, key, value, quorum)
                    : own.Chance(0.3) ? client.ReplaceAsync(key, value, quorum)
                    : client.PutAsync(key, value, quorum);
            case 6 or 7:
                return wire is { } getting ? GetAsync(app, getting, key) : client.GetAsync(key);
            case 8:
                // Even keys are never deleted, so nothing excuses their loss.
                var odd = string.Create(CultureInfo.InvariantCulture, $"key/{1 + 2 * own.Below(_world.Options.KeysPerApp / 2)}");
                return wire is { } deleting ? DeleteAsync(app, deleting, odd) : client.DeleteAsync(odd);
            default:
                return wire is { } listing ? ListAsync(app, listing) : client.ListAsync();
        }
    }
}
