using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>A 32-byte master secret in guarded memory: a handle, never a value.</summary>
/// <remarks>Exported only to zeroed stack spans, for hashing, deriving and sealing (design §10).</remarks>
internal sealed class MasterSecret : IDisposable
{
    public const int Size = 32;

    /// <summary>keccak256 of the secret: the on-chain commitment.</summary>
    public Bytes32 Hash => throw new NotImplementedException();

    /// <summary>Draws a new secret; the only way one comes into being.</summary>
    public static MasterSecret Generate(NodeRandom random) => throw new NotImplementedException();

    /// <summary>Imports a handed-over secret; the caller zeroes its span.</summary>
    public static MasterSecret Import(ReadOnlySpan<byte> secret) => throw new NotImplementedException();

    /// <summary>The one gate to the raw bytes: 32 bytes into a span that the caller zeroes in <c>finally</c>.</summary>
    public void CopyTo(Span<byte> destination, SecretKeyAccess access) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();

    public override string ToString() => nameof(MasterSecret);
}
