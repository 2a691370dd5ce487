using System.Text;
using Kms.Core;

namespace Kms.Adapters.Transport;

/// <summary>A proxy's answer to CONNECT, byte by byte up to the empty line: what follows belongs to the tunnel.</summary>
internal sealed class ConnectAnswer
{
    public const int MaxBytes = 8 * 1024;
    public const int MaxLineChars = 64;
    private readonly byte[] _bytes = new byte[MaxBytes];
    private int _length;

    /// <summary>Whether the empty line was there.</summary>
    public bool HasEnded => _bytes.AsSpan(0, _length).EndsWith("\r\n\r\n"u8);

    /// <summary>An answer may have as many bytes as it likes; nobody waits for more than these.</summary>
    public bool IsTooLong => _length == MaxBytes && !HasEnded;

    /// <summary>Whether a tunnel is open: HTTP/1 and any 2xx (RFC 9110 §9.3.6).</summary>
    public bool OpensTunnel => HasEnded && IsSuccess(Line());

    /// <summary>The status line for a person to read: short, and without control characters.</summary>
    public string StatusLine
    {
        get
        {
            string line = Encoding.Latin1.GetString(Line());
            return string.Concat((line.Length <= MaxLineChars ? line : line[..MaxLineChars]).Select(static c => char.IsControl(c) ? ' ' : c));
        }
    }

    /// <summary>Takes the next byte. False when no other is wanted: the answer has ended or is too long.</summary>
    public bool Take(byte next)
    {
        Invariant.Require(_length < MaxBytes);
        _bytes[_length++] = next;
        return _length < MaxBytes && !HasEnded;
    }

    private ReadOnlySpan<byte> Line()
    {
        var taken = _bytes.AsSpan(0, _length);
        int end = taken.IndexOf("\r\n"u8);
        return end < 0 ? taken : taken[..end];
    }

    // RFC 9112 §4: HTTP/1.DIGIT SP 3DIGIT, then SP and a reason; some proxies leave both away.
    private static bool IsSuccess(ReadOnlySpan<byte> line) =>
        line.Length >= 12 && line.StartsWith("HTTP/1."u8) && IsDigit(line[7])
        && line[8] == ' ' && line[9] == '2' && IsDigit(line[10]) && IsDigit(line[11])
        && (line.Length == 12 || line[12] == ' ');

    private static bool IsDigit(byte octet) => char.IsAsciiDigit((char)octet);
}
