using System.Globalization;
using System.Text;
using Kms.Core.Primitives;

namespace Kms.Core.Cryptography;

/// <summary>The EIP-191 (version 0x45) envelope of a text: <c>0x19 "Ethereum Signed Message:\n" length text</c>.</summary>
internal static class PersonalMessage
{
    /// <summary>keccak256 of the enveloped UTF-8 bytes; the length counts bytes.</summary>
    public static Bytes32 Digest(string message)
    {
        int length = Encoding.UTF8.GetByteCount(message);
        return Keccak256.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{length}{message}")));
    }
}
