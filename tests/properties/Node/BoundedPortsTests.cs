using Kms.Core;
using Kms.Core.Node;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Odyn;
using Kms.Core.Ports;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Ports that hang cost a call its time limit; an answer just before it is taken.</summary>
public sealed class BoundedPortsTests : IDisposable
{
    private readonly TestWorld _world = new(1, 1);

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(Limits.OdynTimeoutMs - 1, null)]
    [InlineData(Limits.OdynTimeoutMs + 1, OdynFailure.Unavailable)]
    public void Odyn_has_its_limit_to_answer(int takesMs, OdynFailure? expected)
    {
        using var enclave = _world.NewEnclave(1);
        enclave.OdynFaults.Pace = TimeSpan.FromMilliseconds(takesMs);
        var odyn = new BoundedOdyn(enclave.Odyn, TestErrors.Guard(_world.Clock));

        EndsAfter(() => odyn.GetIdentityAsync(default), Math.Min(takesMs, Limits.OdynTimeoutMs)).Failure.ShouldBe(expected);
    }

    [Theory]
    [InlineData(Limits.ChainTimeoutMs - 1, null)]
    [InlineData(Limits.ChainTimeoutMs + 1, ChainFailure.Unavailable)]
    public void The_chain_has_its_limit_to_answer(int takesMs, ChainFailure? expected)
    {
        var slow = _world.NewChain();
        slow.Endpoint.Pace = TimeSpan.FromMilliseconds(takesMs);
        var chain = new BoundedChain(slow, TestErrors.Guard(_world.Clock));

        EndsAfter(() => chain.ReadWalletAsync(_world.Head, Views.Wallet(1), default), Math.Min(takesMs, Limits.ChainTimeoutMs)).Failure.ShouldBe(expected);
    }

    private T EndsAfter<T>(Func<Task<T>> start, int milliseconds)
    {
        var call = _world.Do(start);
        _world.PassMs(milliseconds - 1);
        call.IsCompleted.ShouldBeFalse();
        _world.PassMs(1);
        call.IsCompleted.ShouldBeTrue();
        return call.GetAwaiter().GetResult();
    }
}
