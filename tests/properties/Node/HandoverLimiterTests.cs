using Kms.Core;
using Kms.Core.Node.Handover;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Finding M2. That the server asks the limiter is a test of <see cref="HandoverTests"/>.</summary>
public sealed class HandoverLimiterTests
{
    private readonly ManualClock _clock = new();
    private readonly HandoverLimiter _limiter;

    public HandoverLimiterTests() => _limiter = new HandoverLimiter(_clock);

    [Fact]
    public void An_instance_that_took_its_limit_gets_more_when_the_window_is_over_and_not_a_millisecond_before()
    {
        for (int i = 0; i < Limits.MaxHandoversPerInstanceAndEpoch; i++)
        {
            Take(1, 1).ShouldBeTrue();
        }

        Take(1, 1).ShouldBeFalse();
        Take(2, 1).ShouldBeTrue("another instance");
        Take(1, 2).ShouldBeTrue("another epoch");
        _clock.AdvanceMs(Limits.HandoverWindowMs - 1);
        Take(1, 1).ShouldBeFalse();
        _clock.AdvanceMs(1);
        Take(1, 1).ShouldBeTrue();
    }

    [Fact]
    public void All_secrets_of_all_operators_are_counted_and_no_more()
    {
        int secrets = Limits.MaxSecrets;
        for (int instance = 1; instance <= Limits.MaxOperators; instance++)
        {
            for (int epoch = 1; epoch <= secrets; epoch++)
            {
                Take(instance, epoch).ShouldBeTrue();
            }
        }

        Take(Limits.MaxOperators + 1, 1).ShouldBeFalse();
        Take(1, 1).ShouldBeTrue("it is counted already");
        _limiter.KeepOnly(new HashSet<InstanceId> { InstanceId.From(1) });
        Take(Limits.MaxOperators + 1, 1).ShouldBeTrue();
    }

    private bool Take(int instance, int epoch) => _limiter.TryTake(InstanceId.From((ulong)instance), Epoch.From((ulong)epoch), Views.Hash(1));
}
