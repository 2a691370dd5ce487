using System.Buffers;
using System.Security.Cryptography;

namespace Kms.Core.Node.Api;

/// <summary>A buffer of fixed size for plaintext answers: pinned, never grown (growing leaves copies), zeroed when disposed.</summary>
internal sealed class SecretBuffer : IBufferWriter<byte>, IDisposable
{
    private readonly byte[] _bytes;
    private int _length;

    public SecretBuffer(int capacity) => _bytes = GC.AllocateArray<byte>(capacity, pinned: true);

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Advance(int count)
    {
        Invariant.Require(count >= 0);
        Invariant.Require(count <= _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Invariant.Require(sizeHint <= _bytes.Length - _length);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => nameof(SecretBuffer);
}
