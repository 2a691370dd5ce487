using Kms.Adapters;

namespace Kms.Properties.Adapters;

public sealed class SystemClockTests
{
    [Fact]
    public async Task A_delay_is_never_shorter_than_asked_by_Elapsed()
    {
        var clock = new SystemClock();
        foreach (double milliseconds in (double[])[0, 0.2, 1, 7.5, 20])
        {
            var start = clock.Elapsed;
            await clock.DelayAsync(TimeSpan.FromMilliseconds(milliseconds), CancellationToken.None);
            (clock.Elapsed - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(milliseconds));
        }
    }

    [Fact]
    public async Task A_delay_can_be_cancelled_and_may_be_as_long_as_time_itself()
    {
        using var cancel = new CancellationTokenSource();
        var delay = new SystemClock().DelayAsync(TimeSpan.MaxValue, cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(delay);
        await Should.ThrowAsync<OperationCanceledException>(new SystemClock().DelayAsync(TimeSpan.Zero, cancel.Token));
    }
}
