using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>All checkers of a world.</summary>
internal sealed class CheckerSet : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly SecretWitness _witness;
    private readonly Checker[] _checkers;
    private readonly SimWorld _world;

    public CheckerSet(SimWorld world)
    {
        _world = world;
        _witness = new SecretWitness(world);
        Records = new StoredRecords(world);
        Convergence = new Convergence(world);
        _checkers =
        [
            new OneSecretPerEpoch(world),
            new ActiveEpochHasHolders(world),
            new NoServiceFromUnconfirmedSecret(world, _witness),
            new NoReleaseToNonMember(world),
            new NoReleaseAfterRevocation(world),
            new NoSecretOnTheWire(world, _witness),
            new NoConnectionToUncheckedAddress(world),
            new KeysNeverChangeSilently(world),
            new NoStaleDerivedKey(world, _witness),
            new NoForgeryAccepted(world),
            new NoAcknowledgedWriteLost(world, Records),
            new NoDeletedKeyReturns(world, Records),
            new BoundedState(world),
            new EveryRequestEnds(world),
            new AnswersAreSealed(world),
            new HandoversAreBounded(world),
            new NoReleaseToOtherCode(world),
            new NoRequestFansOut(world),
            new StrangersLearnNothing(world),
            Convergence,
        ];
        world.Loop.After(LookEvery, Look);
    }

    public Convergence Convergence { get; }

    public StoredRecords Records { get; }

    public void Step()
    {
        foreach (var checker in _checkers)
        {
            checker.Step();
        }
    }

    public void End()
    {
        foreach (var checker in _checkers)
        {
            checker.End();
        }
    }

    public void Dispose() => _witness.Dispose();

    private void Look()
    {
        _witness.Look();
        foreach (var checker in _checkers)
        {
            checker.Look();
        }

        _world.Loop.After(LookEvery, Look);
    }
}
