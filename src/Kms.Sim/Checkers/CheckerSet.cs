using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>All checkers of a world.</summary>
internal sealed class CheckerSet : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly SecretWitness _witness;
    private readonly Checker[] _checkers;
    private readonly SimWorld _world;
    private long _looked = -1;

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
            new NoDeletedKeyReturns(world, Records),
            new NoAcknowledgedWriteLost(world, Records),
            new BoundedState(world),
            new EveryRequestEnds(world),
            new AnswersAreSealed(world),
            new HandoversAreBounded(world),
            new NoReleaseToOtherCode(world),
            new NoRequestFansOut(world),
            new StrangersLearnNothing(world),
            new TheClientTellsTheTruth(world),
            new NoNodeEndsByItself(world),
            new TheLastSecretStays(world),
            Convergence,
        ];
        world.Loop.After(LookEvery, LookAnyway);
    }

    public Convergence Convergence { get; }

    public StoredRecords Records { get; }

    /// <summary>After every quiescent step: nothing is ready, time is about to move. Looks whenever something moved that a rule is about.</summary>
    public void Step()
    {
        _world.Voices.HearTheBlocked();
        if (_looked != _world.Changes)
        {
            Look();
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

    private void LookAnyway()
    {
        Look();
        _world.Loop.After(LookEvery, LookAnyway);
    }

    private void Look()
    {
        _looked = _world.Changes;
        _witness.Look();
        foreach (var checker in _checkers)
        {
            checker.Look();
        }
    }
}
