using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using NSec.Cryptography;

namespace Kms.Core.Secrets;

/// <summary>A 32-byte master secret in guarded memory: a handle, never a value.</summary>
/// <remarks>
/// Held by libsodium between guard pages, locked and left out of core dumps. Exported only to zeroed stack spans, for hashing,
/// deriving and sealing (design §10).
/// </remarks>
internal sealed class MasterSecret : IDisposable
{
    public const int Size = 32;

    private readonly SharedSecret _handle;

    private MasterSecret(ReadOnlySpan<byte> secret)
    {
        var exportable = new SharedSecretCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };
        _handle = SharedSecret.Import(secret, SharedSecretBlobFormat.RawSharedSecret, in exportable);
        Hash = ComputeHash();
    }

    /// <summary>keccak256 of the secret: the on-chain commitment.</summary>
    public Bytes32 Hash { get; }

    /// <summary>Draws a new secret; the only way one comes into being.</summary>
    public static MasterSecret Generate(NodeRandom random)
    {
        Span<byte> secret = stackalloc byte[Size];
        try
        {
            random.Fill(secret);
            return new MasterSecret(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Imports a handed-over secret; the caller zeroes its span.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static MasterSecret Import(ReadOnlySpan<byte> secret) =>
        secret.Length == Size ? new MasterSecret(secret) : throw new ArgumentException("32 bytes are needed", nameof(secret));

    /// <summary>The one gate to the raw bytes: 32 bytes into a span that the caller zeroes in <c>finally</c>.</summary>
    /// <param name="access">Why: a search for the type finds every caller.</param>
    /// <exception cref="ObjectDisposedException">The secret was destroyed.</exception>
    public void CopyTo(Span<byte> destination, SecretKeyAccess access)
    {
        Invariant.Require(access is SecretKeyAccess.Hashing or SecretKeyAccess.Derivation or SecretKeyAccess.Handover);
        Invariant.Require(destination.Length == Size);
        Invariant.Require(_handle.TryExport(SharedSecretBlobFormat.RawSharedSecret, destination, out int written));
        Invariant.Require(written == Size);
    }

    /// <summary>Zeroes and frees the guarded memory.</summary>
    public void Dispose() => _handle.Dispose();

    public override string ToString() => nameof(MasterSecret);

    private Bytes32 ComputeHash()
    {
        Span<byte> secret = stackalloc byte[Size];
        try
        {
            CopyTo(secret, SecretKeyAccess.Hashing);
            return Keccak256.Hash(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
