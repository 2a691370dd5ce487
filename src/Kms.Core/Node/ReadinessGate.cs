using Kms.Core.Audit;

namespace Kms.Core.Node;

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

    /// <summary>The transition table: a node that stops is never anything else again; only a node that has been past Starting is ready.</summary>
    public static bool Allows(Readiness from, Readiness to) => (from, to) switch
    {
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
        (Readiness.Ready a, Readiness.Ready b) when a.DefaultEpoch == b.DefaultEpoch && a.CurrentEpoch == b.CurrentEpoch
            && a.Missing.SequenceEqual(b.Missing) => null,
        (_, Readiness.Ready ready) => $"ready: default epoch {ready.DefaultEpoch}, current epoch {ready.CurrentEpoch}"
            + (ready.Missing.Count > 0 ? $", missing {string.Join(' ', ready.Missing)}" : string.Empty),
        (Readiness.NotReady a, Readiness.NotReady b) when a.Reason == b.Reason && a.Detail == b.Detail => null,
        (_, Readiness.NotReady not) => $"not ready: {not.Reason}: {not.Detail}",
        _ => null,
    };
}
