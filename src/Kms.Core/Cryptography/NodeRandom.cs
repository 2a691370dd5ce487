namespace Kms.Core.Cryptography;

/// <summary>
/// ChaCha20 generator keyed by HKDF over Odyn's randomness and the host's entropy (design §3): a broken source alone
/// predicts nothing; the same inputs give the same stream, so the simulator stays deterministic. Thread-safe (lock on an object),
/// rekeys itself after every request (fast key erasure), and <see cref="Mix"/> adds entropy at any time.
/// </summary>
internal sealed class NodeRandom : IDisposable
{
    public NodeRandom(ReadOnlySpan<byte> odynEntropy, ReadOnlySpan<byte> hostEntropy) => throw new NotImplementedException();

    public void Fill(Span<byte> destination) => throw new NotImplementedException();

    public void Mix(ReadOnlySpan<byte> entropy) => throw new NotImplementedException();

    /// <summary>A fresh P-384 key pair by rejection sampling of the scalar.</summary>
    public TeePrivateKey NextTeeKey() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();

    public override string ToString() => nameof(NodeRandom);
}
