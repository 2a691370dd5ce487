using Kms.Core.Audit;
using Kms.Core.Ports;

namespace Kms.Core.Supervision;

/// <summary>
/// Counts unexpected exceptions by the border that caught them, and audits them as <c>internal_error</c>: the unit and the kind
/// of exception, which are program text. An exception's message can hold anything, so it is never shown; nor is the method that threw,
/// which depends on what the compiler inlined: one seed must give one history.
/// </summary>
/// <remarks>
/// Audited at most once in <see cref="Limits.InternalErrorAuditMs"/> for each unit, with the count so far: whoever provokes them
/// must not push other events out of the log.
/// </remarks>
internal sealed class InternalErrors(AuditLog audit, IClock clock)
{
    private readonly object _gate = new();
    private readonly SortedDictionary<WorkUnit, (long Count, TimeSpan AuditedAt)> _units = [];

    /// <summary>How many each unit had so far; units that had none are left out.</summary>
    public IReadOnlyDictionary<WorkUnit, long> Counts
    {
        get
        {
            lock (_gate)
            {
                return _units.ToDictionary(unit => unit.Key, unit => unit.Value.Count);
            }
        }
    }

    public void Record(WorkUnit unit, Exception exception) =>
        Record(unit, exception.GetType().Name);

    /// <param name="what">Program text or public facts.</param>
    public void Record(WorkUnit unit, string what)
    {
        long count;
        var now = clock.Elapsed;
        lock (_gate)
        {
            bool known = _units.TryGetValue(unit, out var before);
            bool silent = known && now - before.AuditedAt < TimeSpan.FromMilliseconds(Limits.InternalErrorAuditMs);
            count = before.Count + 1;
            _units[unit] = (count, silent ? before.AuditedAt : now);
            if (silent)
            {
                return;
            }
        }

        audit.Record(AuditKind.InternalError, $"{unit}: {what} ({count} so far)");
    }

    /// <summary>Runs the work; whatever it throws ends here, except a broken ring of secrets and the cancellation that was asked for.</summary>
    /// <returns>False when it threw.</returns>
    public async Task<bool> GuardAsync(WorkUnit unit, Func<Task> work, CancellationToken stop)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception unexpected) when (EndsHere(unexpected, stop))
        {
            Record(unit, unexpected);
            return false;
        }
    }

    /// <summary>The same for work without I/O.</summary>
    public bool Guard(WorkUnit unit, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (Exception unexpected) when (EndsHere(unexpected, CancellationToken.None))
        {
            Record(unit, unexpected);
            return false;
        }
    }

    /// <summary>
    /// What no border lets through: everything but a broken ring of secrets, and the cancellation that <paramref name="stop"/> asked
    /// for. One that nobody asked for is an error like any other: HTTP clients throw it for their own timeouts.
    /// </summary>
    public static bool EndsHere(Exception thrown, CancellationToken stop) =>
        thrown is not BrokenRingException && !(thrown is OperationCanceledException && stop.IsCancellationRequested);
}
