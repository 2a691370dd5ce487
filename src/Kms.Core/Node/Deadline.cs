using Kms.Core.Ports;

namespace Kms.Core.Node;

/// <summary>Bounds a port call by the node's own monotonic clock: a port that hangs must not hang the node.</summary>
internal static class Deadline
{
    /// <returns>The call's result, or <paramref name="late"/>'s when it did not end in time (it is cancelled then).</returns>
    public static async Task<T> RunAsync<T>(IClock clock, int limitMs, Func<CancellationToken, Task<T>> call, Func<T> late, CancellationToken cancel)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var work = call(race.Token);
        Task[] both = [work, clock.DelayAsync(TimeSpan.FromMilliseconds(limitMs), race.Token)];
        await Task.WhenAny(both);
        bool inTime = work.IsCompleted;

        // Whoever lost the race has nothing left to do.
        race.Cancel();
        if (inTime)
        {
            return await work;
        }

        cancel.ThrowIfCancellationRequested();
        return late();
    }
}
