using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Secrets;

/// <summary>A least-recently-used cache that wipes what it drops. Not thread-safe: its owner holds the lock.</summary>
internal sealed class BoundedCache<TKey, TValue>(int capacity, Action<TValue> wipe)
    where TKey : notnull
    where TValue : class
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();

    public int Count => _nodes.Count;

    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        value = null;
        if (!_nodes.TryGetValue(key, out var node))
        {
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddLast(node);
        value = node.Value.Value;
        return true;
    }

    public void Add(TKey key, TValue value)
    {
        Invariant.Require(!_nodes.ContainsKey(key));
        if (_nodes.Count >= capacity)
        {
            var oldest = _byUse.First!;
            _byUse.RemoveFirst();
            _nodes.Remove(oldest.Value.Key);
            wipe(oldest.Value.Value);
        }

        _nodes.Add(key, _byUse.AddLast((key, value)));
        Invariant.Require(_nodes.Count <= capacity);
    }

    public void Clear()
    {
        foreach (var (_, value) in _byUse)
        {
            wipe(value);
        }

        _byUse.Clear();
        _nodes.Clear();
    }
}
