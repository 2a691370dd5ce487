using System.Buffers;

namespace Kms.Core.Authentication;

/// <summary>Which request targets may be sent, and which may be signed by v2.</summary>
internal static class TargetGrammar
{
    private static readonly SearchValues<char> Canonical =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?&=%");

    private static readonly SearchValues<char> UpperHex = SearchValues.Create("0123456789ABCDEF");

    /// <summary>
    /// v2's rule: unreserved characters, <c>/?&amp;=</c> and upper-case percent escapes only, so that no proxy in between
    /// has a reason to rewrite what was signed.
    /// </summary>
    public static bool IsCanonical(ReadOnlySpan<char> target)
    {
        if (!IsAcceptable(target) || target.ContainsAnyExcept(Canonical))
        {
            return false;
        }

        for (int i = target.IndexOf('%'); i >= 0;)
        {
            if (target[(i + 1)..(i + 3)].ContainsAnyExcept(UpperHex))
            {
                return false;
            }

            int next = target[(i + 3)..].IndexOf('%');
            i = next < 0 ? -1 : i + 3 + next;
        }

        return true;
    }

    /// <summary>Any version: origin form (RFC 9112 §3.2.1), visible ASCII, no fragment, whole escapes, bounded.</summary>
    internal static bool IsAcceptable(ReadOnlySpan<char> target)
    {
        if (target.Length is 0 or > Limits.MaxTargetBytes || target[0] != '/')
        {
            return false;
        }

        for (int i = 0; i < target.Length; i++)
        {
            char c = target[i];
            bool broken = c is <= ' ' or > '~' or '#'
                || (c == '%' && !(i + 2 < target.Length && char.IsAsciiHexDigit(target[i + 1]) && char.IsAsciiHexDigit(target[i + 2])));
            if (broken)
            {
                return false;
            }
        }

        return true;
    }
}
