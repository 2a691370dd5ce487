using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Kms.Hosting.Http;

/// <summary>Reads request bodies by counting the bytes that really arrive, whatever Content-Length claims.</summary>
internal static class CountedBody
{
    /// <summary>The body, or its first <paramref name="limitBytes"/> + 1 bytes when it is longer.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int limitBytes, CancellationToken cancel)
    {
        var body = new ArrayBufferWriter<byte>();
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            foreach (var segment in read.Buffer)
            {
                int wanted = Math.Min(segment.Length, limitBytes + 1 - body.WrittenCount);
                body.Write(segment.Span[..wanted]);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || body.WrittenCount > limitBytes)
            {
                return body.WrittenMemory;
            }
        }
    }
}
