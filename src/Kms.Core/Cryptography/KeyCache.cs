using System.Security.Cryptography;

namespace Kms.Core.Cryptography;

/// <summary>A bounded cache of symmetric keys, least recently used out first. Keys live in pinned arrays and are zeroed when they leave.</summary>
/// <remarks>Thread-safe. Readers get copies, so an eviction never zeroes a key that is in use.</remarks>
internal sealed class KeyCache<TOwner> : IDisposable
    where TOwner : notnull
{
    private readonly object _gate = new();
    private readonly Dictionary<TOwner, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly int _capacity;
    private readonly int _keyBytes;
    private bool _disposed;

    public KeyCache(int capacity, int keyBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keyBytes);
        _capacity = capacity;
        _keyBytes = keyBytes;
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public bool TryCopy(TOwner owner, Span<byte> key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_entries.TryGetValue(owner, out var node))
            {
                return false;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            node.Value.Key.CopyTo(key);
            return true;
        }
    }

    public void Put(TOwner owner, ReadOnlySpan<byte> key)
    {
        Invariant.Require(key.Length == _keyBytes);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_entries.ContainsKey(owner))
            {
                return;
            }

            if (_entries.Count == _capacity)
            {
                Forget(_recent.Last!);
            }

            var copy = GC.AllocateUninitializedArray<byte>(_keyBytes, pinned: true);
            key.CopyTo(copy);
            _entries.Add(owner, _recent.AddFirst(new Entry(owner, copy)));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_recent.Last is { } node)
            {
                Forget(node);
            }
        }
    }

    private void Forget(LinkedListNode<Entry> node)
    {
        CryptographicOperations.ZeroMemory(node.Value.Key);
        _entries.Remove(node.Value.Owner);
        _recent.Remove(node);
    }

    private sealed record Entry(TOwner Owner, byte[] Key);
}
