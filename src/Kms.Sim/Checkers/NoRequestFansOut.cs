using Kms.Core;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>A node probes each peer at its own pace, however often strangers ask it what it knows of them (M4).</summary>
internal sealed class NoRequestFansOut : Checker
{
    /// <summary>Within one interval a peer may be seen first, be asked, and be due once more.</summary>
    private const int AllowedOfEach = 2;

    private readonly Dictionary<(string From, int Start, int To), Queue<TimeSpan>> _probes = [];

    public NoRequestFansOut(SimWorld world)
        : base(world) => world.Network.Sent += message =>
        {
            if (!message.Forged && message.From.StartsWith('n') && message.Request.Target == "/status")
            {
                Count(message.From, message.To);
            }
        };

    private void Count(string from, int to)
    {
        int start = World.Slots.First(slot => Network.SimNetwork.Lane(slot.Index) == from).Starts;
        if (!_probes.TryGetValue((from, start, to), out var times))
        {
            times = new Queue<TimeSpan>();
            _probes.Add((from, start, to), times);
        }

        var interval = TimeSpan.FromMilliseconds(Limits.ProbeIntervalMs);
        while (times.TryPeek(out var first) && World.Loop.Now - first > interval)
        {
            times.Dequeue();
        }

        times.Enqueue(World.Loop.Now);

        // Every start may leave a wallet behind that is still a member at the same address, strangers may register it too, and each is probed.
        int registered = World.Ledger.Head.State.Apps.Instances.Values.Count(instance => instance.Url == World.Slots[to].Url);
        if (times.Count > AllowedOfEach * (1 + Math.Max(World.Slots[to].Starts, registered)))
        {
            Violate($"{from} probed n{to} {times.Count} times within {interval}");
        }
    }
}
