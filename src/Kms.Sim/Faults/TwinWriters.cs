using System.Globalization;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>Writes to the same key at two nodes at the same instant, a fresh key each time, so that many fall into one millisecond.</summary>
internal sealed class TwinWriters
{
    private const int KeysInUse = 24;

    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);

    private readonly SimWorld _world;
    private readonly PlannedFault _fault;
    private readonly SimRandom _random;
    private int _pairs;

    public TwinWriters(SimWorld world, PlannedFault fault, SimRandom random)
    {
        _world = world;
        _fault = fault;
        _random = random;
        Again();
    }

    private void Again()
    {
        int pair = _pairs++;
        var key = string.Create(CultureInfo.InvariantCulture, $"twin/{pair % KeysInUse}");
        var app = _world.Apps[_random.Below(_world.Apps.Count)];
        _world.Log.Occurred("twin writes");
        foreach (int node in new[] { _fault.Node, _fault.Other })
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"twin {pair} at n{node}");
            _world.Spawn("twin", () => _world.Workload.PutAsync(app, node, key, value, quorum: false));
        }

        if (_pairs < _fault.Amount)
        {
            _world.Loop.After(Every, Again);
        }
    }
}
