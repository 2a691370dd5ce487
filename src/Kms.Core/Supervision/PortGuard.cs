using Kms.Core.Ports;

namespace Kms.Core.Supervision;

/// <summary>
/// Bounds port calls: by the node's own monotonic clock, since a port that hangs must not hang the node, and by a result, since
/// an implementation that throws is one that gave no answer.
/// </summary>
internal sealed class PortGuard(IClock clock, InternalErrors errors)
{
    /// <returns>The call's result, or <paramref name="failed"/>'s when it threw or did not end in time (it is cancelled then).</returns>
    /// <exception cref="OperationCanceledException">The caller's token was cancelled.</exception>
    public async Task<T> RunAsync<T>(
        WorkUnit port, int limitMs, Func<CancellationToken, Task<T>> call, Func<string, T> failed, CancellationToken cancel)
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            var work = call(race.Token);
            Task[] both = [work, clock.DelayAsync(TimeSpan.FromMilliseconds(limitMs), race.Token)];
            await Task.WhenAny(both);
            if (work.IsCompleted)
            {
                return await work;
            }
        }
        catch (Exception unexpected) when (InternalErrors.EndsHere(unexpected, cancel))
        {
            errors.Record(port, unexpected);
            return failed("the port failed");
        }
        finally
        {
            // Whoever lost the race has nothing left to do.
            race.Cancel();
        }

        cancel.ThrowIfCancellationRequested();
        return failed("no answer in time");
    }
}
