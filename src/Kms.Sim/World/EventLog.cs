using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;

namespace Kms.Sim.World;

/// <summary>Every event of a run: hashed always, kept when somebody wants to look at it.</summary>
internal sealed class EventLog(ISimLoop loop, int keep) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private const int MaxMilestones = 1_500;

    private static readonly HashSet<string> Milestones = new(StringComparer.Ordinal)
    {
        "boot", "crash", "stop", "state", "fault", "healed", "heal", "activated", "mined", "orphaned", "audit", "rogue",
    };

    private readonly Queue<SimEvent> _kept = new();
    private readonly Queue<SimEvent> _older = new();
    private readonly SortedDictionary<string, long> _sometimes = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    /// <summary>Called for each event, in order.</summary>
    public event Action<SimEvent>? Added;

    public long Count { get; private set; }

    /// <summary>The newest events, oldest first, and of what was before them the milestones.</summary>
    public IEnumerable<SimEvent> Kept => _older.Concat(_kept);

    /// <summary>How often each kind of thing occurred: a promise that never came true fails the run.</summary>
    public IReadOnlyDictionary<string, long> Sometimes => _sometimes;

    /// <summary>Whether an event of this kind tells of more than traffic: kept longer.</summary>
    public static bool IsMilestone(string kind) => Milestones.Contains(kind);

    /// <returns>The event's id, to name it as a cause.</returns>
    public long Add(string kind, string lane, string text, long? cause = null)
    {
        var happened = new SimEvent(++Count, loop.Now, kind, lane, text, cause);
        Absorb(happened);
        if (keep > 0)
        {
            if (_kept.Count == keep)
            {
                var oldest = _kept.Dequeue();
                if (IsMilestone(oldest.Kind))
                {
                    _older.Enqueue(oldest);
                }

                if (_older.Count > MaxMilestones)
                {
                    _older.Dequeue();
                }
            }

            _kept.Enqueue(happened);
        }

        Occurred(kind);
        Added?.Invoke(happened);
        return happened.Id;
    }

    public void Occurred(string what) => _sometimes[what] = _sometimes.GetValueOrDefault(what) + 1;

    /// <summary>The event hash so far, lower-case hex.</summary>
    public string Hash()
    {
        Flush();
        return Hex.EncodeBare(_hash.GetCurrentHash());
    }

    public void Dispose() => _hash.Dispose();

    /// <summary>Hashed in large components: a call for each event would cost more than the event.</summary>
    private void Absorb(SimEvent happened)
    {
        int most = 16 + (happened.Kind.Length + happened.Lane.Length + happened.Text.Length) * 3;
        if (_buffer.Length - _filled < most)
        {
            Flush();
            _buffer = _buffer.Length < most ? new byte[most] : _buffer;
        }

        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_filled), happened.At.Ticks);
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_filled + 8), happened.Cause ?? -1);
        _filled += 16;
        _filled += Encoding.UTF8.GetBytes(happened.Kind, _buffer.AsSpan(_filled));
        _filled += Encoding.UTF8.GetBytes(happened.Lane, _buffer.AsSpan(_filled));
        _filled += Encoding.UTF8.GetBytes(happened.Text, _buffer.AsSpan(_filled));
    }

    private void Flush()
    {
        _hash.AppendData(_buffer, 0, _filled);
        _filled = 0;
    }
}
