using FsCheck.Xunit;
using Kms.Core.Store;

namespace Kms.Properties.Store;

public sealed class HybridClockLaws
{
    [Property]
    public void A_causally_later_write_has_the_greater_id(int seed)
    {
        // Clocks of three nodes run wild; what each writes after it has seen something must still exceed it.
        var random = new Random(seed);
        long[] now = [1_000, 1_000, 1_000];
        var clocks = Enumerable.Range(0, 3).Select(i => new HybridClock((UInt128)(i + 1), () => now[i])).ToArray();
        var latest = new WriteId[3];
        for (int step = 0; step < 60; step++)
        {
            int node = random.Next(3);
            now[node] += random.Next(-50, 60);
            int seen = random.Next(3);
            clocks[node].Observe(latest[seen]);

            var written = clocks[node].Next();

            written.ShouldBeGreaterThan(latest[seen]);
            written.ShouldBeGreaterThan(latest[node]);
            latest[node] = written;
        }
    }

    [Fact]
    public void A_burst_does_not_run_ahead_of_trusted_time()
    {
        var clock = new HybridClock(9, () => 1_000);
        var ids = Enumerable.Range(0, 5_000).Select(_ => clock.Next()).ToList();

        ids.Distinct().Count().ShouldBe(5_000);
        ids[^1].TimestampMs.ShouldBe(1_000);
    }

    [Fact]
    public void Two_incarnations_never_draw_the_same_id()
    {
        var one = new HybridClock(1, () => 1_000);
        var two = new HybridClock(2, () => 1_000);

        one.Next().ShouldNotBe(two.Next());
    }
}
