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
    private readonly Queue<SimEvent> _kept = new();
    private readonly SortedDictionary<string, long> _sometimes = new(StringComparer.Ordinal);
    private byte[] _buffer = new byte[512];

    /// <summary>Called for each event, in order.</summary>
    public event Action<SimEvent>? Added;

    public long Count { get; private set; }

    /// <summary>The newest events, oldest first.</summary>
    public IReadOnlyCollection<SimEvent> Kept => _kept;

    /// <summary>How often each kind of thing occurred: a promise that never came true fails the run.</summary>
    public IReadOnlyDictionary<string, long> Sometimes => _sometimes;

    /// <returns>The event's id, to name it as a cause.</returns>
    public long Add(string kind, string lane, string text, long? cause = null)
    {
        var happened = new SimEvent(++Count, loop.Now, kind, lane, text, cause);
        int chars = kind.Length + lane.Length + text.Length;
        if (_buffer.Length < 16 + chars * 3)
        {
            _buffer = new byte[16 + chars * 4];
        }

        BinaryPrimitives.WriteInt64BigEndian(_buffer, happened.At.Ticks);
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(8), cause ?? -1);
        int at = 16 + Encoding.UTF8.GetBytes(kind, _buffer.AsSpan(16));
        at += Encoding.UTF8.GetBytes(lane, _buffer.AsSpan(at));
        at += Encoding.UTF8.GetBytes(text, _buffer.AsSpan(at));
        _hash.AppendData(_buffer, 0, at);
        if (keep > 0)
        {
            if (_kept.Count == keep)
            {
                _kept.Dequeue();
            }

            _kept.Enqueue(happened);
        }

        Occurred(kind);
        Added?.Invoke(happened);
        return happened.Id;
    }

    public void Occurred(string what) => _sometimes[what] = _sometimes.GetValueOrDefault(what) + 1;

    /// <summary>The event hash so far, lower-case hex.</summary>
    public string Hash() => Hex.EncodeBare(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
