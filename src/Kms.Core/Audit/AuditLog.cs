using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Audit;

/// <summary>
/// Security decisions in a hash chain, the newest <see cref="Limits.MaxAuditEvents"/> kept; each is also handed to the host, in
/// order, by <see cref="DeliverAsync"/>: what the host does with it cannot hold the node up. Hash =
/// SHA-256(previous hash ‖ sequence ‖ elapsed ticks ‖ length-prefixed name of the kind ‖ length-prefixed detail), numbers big-endian.
/// </summary>
internal sealed class AuditLog(IClock clock, Action<AuditEvent>? onAudit)
{
    private readonly object _gate = new();
    private readonly Queue<AuditEvent> _events = new();
    private readonly Outbox<AuditEvent> _outbox = new(onAudit);
    private Bytes32 _head = Bytes32.Zero;
    private long _sequence;

    /// <summary>The events still kept, oldest first.</summary>
    public IReadOnlyList<AuditEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <param name="detail">Public facts only: wallets, epochs, hashes, reasons.</param>
    public void Record(AuditKind kind, string detail)
    {
        lock (_gate)
        {
            long sequence = _sequence + 1;
            var at = clock.Elapsed;
            var hash = Link(_head, sequence, at, AuditKinds.NameOf(kind), detail);
            _sequence = sequence;
            _head = hash;
            var recorded = new AuditEvent(sequence, at, kind, detail, Hex.EncodeBare(hash.ToArray()));
            _events.Enqueue(recorded);
            if (_events.Count > Limits.MaxAuditEvents)
            {
                _events.Dequeue();
            }

            // Under the lock, so that the host sees them in the order of the chain. Of what a slow host misses, the gap in the
            // sequence tells.
            _outbox.Post(recorded);
        }
    }

    /// <summary>Hands events to the host until <see cref="Complete"/>. Call once, before the first event.</summary>
    public Task DeliverAsync(Action<Exception> failed) => _outbox.DeliverAsync(failed);

    /// <summary>No event comes any more.</summary>
    public void Complete() => _outbox.Complete();

    /// <summary>True when each event's hash follows from the one before; <paramref name="before"/> is the hash preceding the first.</summary>
    public static bool Verify(IReadOnlyList<AuditEvent> events, Bytes32 before)
    {
        var head = before;
        for (int i = 0; i < events.Count; i++)
        {
            var one = events[i];
            head = Link(head, one.Sequence, one.At, one.Name, one.Detail);
            bool follows = i == 0 || one.Sequence == events[i - 1].Sequence + 1;
            if (!follows || one.Hash != Hex.EncodeBare(head.ToArray()))
            {
                return false;
            }
        }

        return true;
    }

    internal static Bytes32 Link(Bytes32 previous, long sequence, TimeSpan at, string kind, string detail)
    {
        byte[] kindBytes = Encoding.UTF8.GetBytes(kind);
        byte[] detailBytes = Encoding.UTF8.GetBytes(detail);
        var input = new byte[Bytes32.Size + 8 + 8 + 4 + kindBytes.Length + 4 + detailBytes.Length];
        var rest = input.AsSpan();
        previous.CopyTo(rest);
        rest = rest[Bytes32.Size..];
        BinaryPrimitives.WriteInt64BigEndian(rest, sequence);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], at.Ticks);
        BinaryPrimitives.WriteInt32BigEndian(rest[16..], kindBytes.Length);
        rest = rest[20..];
        kindBytes.CopyTo(rest);
        rest = rest[kindBytes.Length..];
        BinaryPrimitives.WriteInt32BigEndian(rest, detailBytes.Length);
        detailBytes.CopyTo(rest[4..]);
        return Bytes32.From(SHA256.HashData(input));
    }
}
