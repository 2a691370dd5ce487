namespace Kms.Devnet.Odyn;

/// <summary>The (client key, nonce) pairs that a supervisor opened last: it opens none of them again.</summary>
internal sealed class SeenEnvelopes
{
    /// <summary>As many as the supervisor remembers.</summary>
    public const int Capacity = 4_096;

    private readonly object _gate = new();
    private readonly HashSet<(TeePublicKey Sender, string Nonce)> _seen = [];
    private readonly Queue<(TeePublicKey Sender, string Nonce)> _order = new();

    /// <summary>False when the pair is known.</summary>
    public bool TryAdd(TeePublicKey sender, ReadOnlySpan<byte> nonce)
    {
        var pair = (sender, Hex.EncodeBare(nonce));
        lock (_gate)
        {
            if (!_seen.Add(pair))
            {
                return false;
            }

            _order.Enqueue(pair);
            if (_order.Count > Capacity)
            {
                _seen.Remove(_order.Dequeue());
            }

            return true;
        }
    }
}
