using System.Security.Cryptography;

namespace Kms.Client;

/// <summary>A derived key in pinned memory, zeroed when disposed.</summary>
public sealed class DerivedKey : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    internal DerivedKey(AppId app, Epoch epoch, byte[] pinned)
    {
        App = app;
        Epoch = epoch;
        _bytes = pinned;
    }

    /// <summary>The app it belongs to, as the chain says.</summary>
    public AppId App { get; }

    /// <summary>The epoch whose secret it comes from: name it to derive the same key after a rotation.</summary>
    public Epoch Epoch { get; }

    /// <exception cref="ObjectDisposedException">After disposal.</exception>
    public ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>The first 8 bytes of the key's SHA-256, hex: to compare keys without showing them.</summary>
    public string Fingerprint => Hex.EncodeBare(SHA256.HashData(Bytes).AsSpan(0, 8));

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _disposed = true;
    }

    public override string ToString() => nameof(DerivedKey);
}
