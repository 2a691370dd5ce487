using Kms.Core.Ports;

namespace Kms.Core.Node;

/// <summary>Bounds a port call by the node's own monotonic clock: a port that hangs must not hang the node.</summary>
internal static class Deadline
{
    /// <returns>The call's result, or <paramref name="late"/>'s when it did not end in time (it is cancelled then).</returns>
    public static async Task<T> RunAsync<T>(IClock clock, int limitMs, Func<CancellationToken, Task<T>> call, Func<T> late, CancellationToken cancel)
    {
        using var calling = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var work = call(calling.Token);
        Task[] race = [work, clock.DelayAsync(TimeSpan.FromMilliseconds(limitMs), waiting.Token)];
        await Task.WhenAny(race);
        if (work.IsCompleted)
        {
            waiting.Cancel();
            return await work;
        }

        calling.Cancel();
        cancel.ThrowIfCancellationRequested();
        return late();
    }
}
