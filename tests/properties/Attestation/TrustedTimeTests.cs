using Kms.Core;
using Kms.Core.Attestation;
using Kms.Properties.Fakes;

namespace Kms.Properties.Attestation;

public sealed class TrustedTimeTests
{
    [Fact]
    public void A_new_document_is_due_when_the_last_reaches_its_limit_and_not_before()
    {
        using var world = new TestWorld(1, 1);
        new TrustedTime(world.Clock).IsDue.ShouldBeTrue("there is none");
        var time = world.NewTrustedTime();

        world.PassMs(Limits.TrustedTimeRefreshMs - 1);
        time.IsDue.ShouldBeFalse();
        world.PassMs(1);
        time.IsDue.ShouldBeTrue();
        time.NowMs.ShouldBe(world.Sim.TrueTime.ToUnixTimeMilliseconds());
    }
}
