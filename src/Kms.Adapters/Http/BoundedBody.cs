using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Adapters.Http;

/// <summary>Reads response bodies by counted bytes; a declared length is believed only to refuse early.</summary>
internal static class BoundedBody
{
    private const int FirstBufferBytes = 4 * 1024;

    /// <summary>The whole body, or null when it is longer than the limit. Outgrown buffers are zeroed.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancel)
    {
        if (content.Headers.ContentLength > maxBytes)
        {
            return null;
        }

        using var stream = await content.ReadAsStreamAsync(cancel);
        byte[] buffer = SecretBytes.Allocate((int)Math.Min((content.Headers.ContentLength ?? FirstBufferBytes) + 1, (long)maxBytes + 1));
        int length = 0;
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length), cancel);
                if (read == 0)
                {
                    return SecretBytes.Copy(buffer.AsSpan(0, length));
                }

                length += read;
                if (length > maxBytes)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    byte[] larger = SecretBytes.Allocate((int)Math.Min(buffer.Length * 2L, (long)maxBytes + 1));
                    buffer.CopyTo(larger, 0);
                    CryptographicOperations.ZeroMemory(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
