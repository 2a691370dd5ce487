using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Sim.Enclave;

/// <summary>
/// Knows the key of a signature that its world made a moment ago, so that verifying it costs a look instead of a third of a simulated
/// day. Anything else, one changed bit included, goes to the real library: the answers are the same, only quicker.
/// </summary>
/// <remarks>For the Marathon, whose threads run one at a time; whoever never began remembers nothing.</remarks>
internal sealed class RememberedSignatures : ISecp256k1
{
    private static readonly AsyncLocal<Memory?> Current = new();

    static RememberedSignatures() => Secp256k1.Wrap(real => new RememberedSignatures(real));

    private RememberedSignatures(ISecp256k1 real) => Real = real;

    /// <summary>What answers whatever is not remembered.</summary>
    public ISecp256k1 Real { get; }

    /// <summary>From now on the caller, and what it starts, remembers; nothing of before.</summary>
    public static void Begin() => Current.Value = new Memory();

    public static void End() => Current.Value = null;

    /// <summary>Called by whoever signed.</summary>
    public static void Made(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity) =>
        Current.Value?.Add(Bytes32.From(scalar), Signature.Of(digest, compact, parity));

    public bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity, Span<byte> point)
    {
        if (Current.Value?.Find(Signature.Of(digest, compact, parity)) is { } known)
        {
            known.CopyTo(point);
            return true;
        }

        return Real.TryRecover(digest, compact, parity, point);
    }

    public int Sign(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> digest, Span<byte> compact) => Real.Sign(scalar, digest, compact);

    public bool TryGetPublicKey(ReadOnlySpan<byte> scalar, Span<byte> point) => Real.TryGetPublicKey(scalar, point);

    private readonly record struct Signature(Bytes32 Digest, Bytes32 R, Bytes32 S, int Parity)
    {
        public static Signature Of(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> compact, int parity) =>
            new(Bytes32.From(digest), Bytes32.From(compact[..32]), Bytes32.From(compact[32..]), parity);
    }

    private sealed class Memory
    {
        private const int Capacity = 8_192;

        private readonly Dictionary<Signature, byte[]> _keys = new(Capacity);
        private readonly Queue<Signature> _order = new(Capacity);
        private readonly Dictionary<Bytes32, byte[]> _points = [];

        public byte[]? Find(Signature signature) => _keys.GetValueOrDefault(signature);

        public void Add(Bytes32 scalar, Signature made)
        {
            if (!_points.TryGetValue(scalar, out byte[]? point))
            {
                point = new byte[ISecp256k1.PointBytes];
                if (!Secp256k1.Current.TryGetPublicKey(scalar.ToArray(), point))
                {
                    throw new InvalidOperationException("a key signed that has no point");
                }

                _points.Add(scalar, point);
            }

            if (_keys.TryAdd(made, point))
            {
                _order.Enqueue(made);
            }

            if (_order.Count > Capacity)
            {
                _keys.Remove(_order.Dequeue());
            }
        }
    }
}
