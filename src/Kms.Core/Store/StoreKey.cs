using System.Text;

namespace Kms.Core.Store;

/// <summary>Which keys exist: 1 to <see cref="Limits.MaxKeyBytes"/> bytes of well-formed UTF-8.</summary>
internal static class StoreKey
{
    // Throws on lone surrogates, which have no UTF-8 form and would make two keys one.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsValid(string? key)
    {
        if (string.IsNullOrEmpty(key) || key.Length > Limits.MaxKeyBytes)
        {
            return false;
        }

        try
        {
            return Strict.GetByteCount(key) <= Limits.MaxKeyBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    public static int Bytes(string key) => Encoding.UTF8.GetByteCount(key);
}
