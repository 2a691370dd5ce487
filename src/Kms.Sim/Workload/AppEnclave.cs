using Kms.Client;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>What an app's clients stand on: its own supervisor, its light client of the chain and its clock. All of it works.</summary>
internal sealed class AppEnclave
{
    /// <summary>What apps run is nobody's business here.</summary>
    private const byte Image = 50;

    private readonly SimWorld _world;
    private readonly NodeLife _life;
    private readonly SimClock _clock;
    private readonly ChainNodeDirectory _nodes;
    private readonly OdynAppIdentity _identity;

    public AppEnclave(SimWorld world, SimApp app, SimRandom random)
    {
        _world = world;
        _life = new NodeLife(world.Loop);
        var trouble = new PortTrouble(world.Loop, _life, new ThrowingPorts(), random.Fork("trouble"), world.Log);
        var genesis = world.TrueTime - world.Loop.Now;
        _clock = new SimClock(world.Loop, _life, trouble, genesis, driftPpm: 0);
        _nodes = new ChainNodeDirectory(new SimChain(
            SimWorld.ChainIdentity, world.Ledger, [new SimRpcEndpoint(world.Ledger, isLight: true)], world.Options.FinalityDepth, _life, trouble,
            random.Fork("chain"), world.Log.Occurred));
        _identity = new OdynAppIdentity(
            new SimOdyn(world.Loop, _life, trouble, app.Keys, new OdynFaults(), random.Fork("odyn"), genesis, Image, static _ => { }));
    }

    /// <summary>Time for the client to look at the chain again: often enough that it asks every node in turn.</summary>
    private TimeSpan DirectoryAge
    {
        get
        {
            var pace = TimeSpan.FromMilliseconds(2 * _world.Options.WorkloadMs);
            var most = new KmsClientOptions().DirectoryAge;
            return pace > TimeSpan.Zero && pace < most ? pace : most;
        }
    }

    public SdkTransport NewTransport() => new(_world.Network, _world.Loop, _life);

    /// <param name="first">Which node of the chain's list it asks first in the beginning.</param>
    public KmsClient NewClient(SdkTransport transport, int first) =>
        new(_identity, new RotatingDirectory(_nodes, first), transport, _clock, new KmsClientOptions { DirectoryAge = DirectoryAge });
}
