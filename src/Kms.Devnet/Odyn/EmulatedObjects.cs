namespace Kms.Devnet.Odyn;

/// <summary>Odyn's object storage in memory, bounded.</summary>
internal sealed class EmulatedObjects
{
    private const int MaxObjects = 4_096;
    private const int MaxObjectBytes = 8 * 1024 * 1024;
    private const int MaxPage = 1_000;
    private readonly object _gate = new();
    private readonly SortedDictionary<string, string> _objects = new(StringComparer.Ordinal);

    /// <summary>The stored base64 text, or null.</summary>
    public string? Find(string key)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(key);
        }
    }

    /// <summary>False for keys that escape the app's folder, values that are not base64, and when full.</summary>
    public bool TryPut(string key, string base64)
    {
        if (!IsValidKey(key) || base64.Length > MaxObjectBytes || !IsBase64(base64))
        {
            return false;
        }

        lock (_gate)
        {
            if (_objects.Count >= MaxObjects && !_objects.ContainsKey(key))
            {
                return false;
            }

            _objects[key] = base64;
            return true;
        }
    }

    public void Delete(string key)
    {
        lock (_gate)
        {
            _objects.Remove(key);
        }
    }

    /// <param name="after">Continuation token: the last key of the previous page.</param>
    public (IReadOnlyList<string> Keys, bool Truncated) List(string prefix, string? after, int? maxKeys)
    {
        int limit = Math.Clamp(maxKeys ?? MaxPage, 1, MaxPage);
        lock (_gate)
        {
            var keys = _objects.Keys
                .Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && (after is null || string.CompareOrdinal(key, after) > 0))
                .Take(limit + 1)
                .ToList();
            return (keys.Count > limit ? keys[..limit] : keys, keys.Count > limit);
        }
    }

    private static bool IsValidKey(string key) =>
        key.Length is > 0 and <= 1_024 && key[0] != '/' && !key.Split('/').Contains("..");

    private static bool IsBase64(string text) => System.Buffers.Text.Base64.IsValid(text);
}
