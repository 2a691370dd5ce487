using System.Text;
using Kms.Core.Node.Pipeline;

namespace Kms.Core.Node.Handlers;

/// <summary>What every key of the store must be.</summary>
internal static class DataKey
{
    /// <summary>What is wrong with a key, or null.</summary>
    public static ApiRefusal? Check(string key)
    {
        if (key.Length == 0)
        {
            return new ApiRefusal(ApiError.KeyEmpty, "key: empty");
        }

        return Encoding.UTF8.GetByteCount(key) > Limits.MaxKeyBytes
            ? new ApiRefusal(ApiError.KeyTooLong, $"key: over {Limits.MaxKeyBytes} bytes")
            : null;
    }
}
