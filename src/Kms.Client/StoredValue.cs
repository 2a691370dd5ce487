using System.Security.Cryptography;

namespace Kms.Client;

/// <summary>A value read from the store; zeroed when disposed.</summary>
public sealed class StoredValue : IDisposable
{
    private readonly byte[] _bytes;

    internal StoredValue(string key, byte[] pinned, string version, long updatedAtMs)
    {
        Key = key;
        _bytes = pinned;
        Version = version;
        UpdatedAtMs = updatedAtMs;
    }

    public string Key { get; }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Opaque; for <see cref="PutRequest.IfVersion"/>.</summary>
    public string Version { get; }

    /// <summary>Unix milliseconds of trusted time.</summary>
    public long UpdatedAtMs { get; }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    public override string ToString() => nameof(StoredValue);
}
