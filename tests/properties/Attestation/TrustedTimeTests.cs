using Kms.Core;
using Kms.Core.Attestation;
using Kms.Properties.Fakes;

namespace Kms.Properties.Attestation;

public sealed class TrustedTimeTests
{
    [Fact]
    public void A_new_document_is_due_when_the_last_reaches_its_limit_and_not_before()
    {
        using var cluster = new Cluster(1, 1);
        new TrustedTime(cluster.Clock).IsDue.ShouldBeTrue("there is none");
        var time = TestTime.Of(cluster);

        cluster.Clock.AdvanceMs(Limits.TrustedTimeRefreshMs - 1);
        time.IsDue.ShouldBeFalse();
        cluster.Clock.AdvanceMs(1);
        time.IsDue.ShouldBeTrue();
        time.NowMs.ShouldBe(cluster.Clock.UtcNow.ToUnixTimeMilliseconds());
    }
}
