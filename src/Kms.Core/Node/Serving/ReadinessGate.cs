using Kms.Core.Audit;

namespace Kms.Core.Node.Serving;

/// <summary>Holds the one readiness value. <see cref="MoveTo"/> is the only way to move it, along one table.</summary>
internal sealed class ReadinessGate(AuditLog audit, Action<string>? onChange)
{
    private readonly object _gate = new();
    private readonly Outbox<string> _outbox = new(onChange);
    private Readiness _current = new Readiness.NotReady(NotReadyReason.Starting, "not started");

    public Readiness Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <summary>
    /// The transition table: what stops only reads or writes is never the node's own reason; a node that stops is never anything
    /// else again; a node that was ready does not start any more.
    /// </summary>
    public static bool Allows(Readiness from, Readiness to) => (from, to) switch
    {
        (_, Readiness.NotReady { Reason: var reason }) when NotReadyReasons.Of(reason).Stops != Stops.Everything => false,
        (Readiness.NotReady { Reason: NotReadyReason.Stopping }, Readiness.NotReady { Reason: NotReadyReason.Stopping }) => true,
        (Readiness.NotReady { Reason: NotReadyReason.Stopping }, _) => false,
        (Readiness.Ready, Readiness.NotReady { Reason: NotReadyReason.Starting }) => false,
        _ => true,
    };

    /// <returns>False when the node stops already and the move came late.</returns>
    public bool MoveTo(Readiness next)
    {
        string? line;
        lock (_gate)
        {
            bool late = _current is Readiness.NotReady { Reason: NotReadyReason.Stopping } && !Allows(_current, next);
            if (late)
            {
                return false;
            }

            Invariant.Require(Allows(_current, next));
            line = Line(_current, next);
            _current = next;
        }

        if (line is not null)
        {
            audit.Record(AuditKind.Readiness, line);
            _outbox.Post(line);
        }

        return true;
    }

    /// <summary>Hands lines to the host until <see cref="Complete"/>. Call once, before the first move.</summary>
    public Task DeliverAsync(Action<Exception> failed) => _outbox.DeliverAsync(failed);

    /// <summary>No line comes any more.</summary>
    public void Complete() => _outbox.Complete();

    /// <summary>One line for operators; null when nothing that they can see changed.</summary>
    private static string? Line(Readiness from, Readiness to) => (from, to) switch
    {
        (Readiness.Ready a, Readiness.Ready b) when Describe(a) == Describe(b) => null,
        (_, Readiness.Ready ready) => Describe(ready),
        (Readiness.NotReady a, Readiness.NotReady b) when a.Reason == b.Reason && a.Detail == b.Detail => null,
        (_, Readiness.NotReady not) => $"not ready: {not.Reason}: {not.Detail}",
        _ => null,
    };

    private static string Describe(Readiness.Ready ready) =>
        $"ready: default epoch {ready.DefaultEpoch}, current epoch {ready.CurrentEpoch}"
        + (ready.Missing.Count > 0 ? $", missing {string.Join(' ', ready.Missing)}" : string.Empty)
        + (ready.ReadsRefused is { } reads ? $", reads refused: {reads.Reason}" : string.Empty)
        + (ready.WritesRefused is { } writes ? $", writes refused: {writes.Reason}" : string.Empty);
}
