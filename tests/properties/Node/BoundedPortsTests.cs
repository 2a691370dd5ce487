using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Node;
using Kms.Core.Node.Chain;
using Kms.Core.Ports;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Ports that hang cost a call its time limit; an answer just before it is taken.</summary>
public sealed class BoundedPortsTests
{
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(Limits.OdynTimeoutMs - 1, null)]
    [InlineData(Limits.OdynTimeoutMs + 1, OdynFailure.Unavailable)]
    public void Odyn_has_its_limit_to_answer(int takesMs, OdynFailure? expected)
    {
        using var odyn = new FakeOdyn(1) { BeforeDecrypt = () => _clock.DelayAsync(TimeSpan.FromMilliseconds(takesMs), default) };
        var call = new BoundedOdyn(odyn, TestErrors.Guard(_clock)).DecryptAsync(odyn.Seal([1], odyn.Identity.TeePublicKey), default);

        EndsAfter(call, Math.Min(takesMs, Limits.OdynTimeoutMs)).Failure.ShouldBe(expected);
    }

    [Theory]
    [InlineData(Limits.ChainTimeoutMs - 2, null)]
    [InlineData(Limits.ChainTimeoutMs + 1, ChainFailure.Unavailable)]
    public void The_chain_has_its_limit_to_answer(int takesMs, ChainFailure? expected)
    {
        // Besides what it is told to take, the fake takes a millisecond of its own.
        var chain = new ClusterChain(_clock, new ClusterState { KmsApp = Cluster.KmsApp }, Cluster.Depth)
        {
            BeforeWalletRead = () => _clock.DelayAsync(TimeSpan.FromMilliseconds(takesMs), default),
        };
        var call = new BoundedChain(chain, TestErrors.Guard(_clock)).ReadWalletAsync(chain.Head, Views.Wallet(1), default);

        EndsAfter(call, Math.Min(takesMs + 1, Limits.ChainTimeoutMs)).Failure.ShouldBe(expected);
    }

    private T EndsAfter<T>(Task<T> call, int milliseconds)
    {
        _clock.AdvanceMs(milliseconds - 1);
        call.IsCompleted.ShouldBeFalse();
        _clock.AdvanceMs(1);
        call.IsCompleted.ShouldBeTrue();
        return call.GetAwaiter().GetResult();
    }
}
