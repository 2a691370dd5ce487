using System.Globalization;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>A JSON-RPC error object.</summary>
/// <param name="Data">Revert data, when the node sent some.</param>
internal sealed record RpcError(long Code, string Message, ReadOnlyMemory<byte> Data)
{
    private const long MethodNotFound = -32601; // JSON-RPC 2.0 §5.1
    private const long MethodNotSupported = -32004; // EIP-1474
    private const long InvalidParams = -32602;

    // The longest error of the registry has a selector and two words.
    private const int MaxRevertBytes = 4 + (2 * Bytes32.Size);
    private const string Reverted = "execution reverted: ";

    /// <summary>The endpoint serves nothing of this kind. A proof that is refused for the age of its block counts as that.</summary>
    public bool IsUnsupported => Code is MethodNotFound or MethodNotSupported || IsTooOldToProve;

    public bool IsUnfunded => Says("insufficient funds");

    /// <summary>The transaction itself is in the pool or in a block: sent twice, it is as good as sent once.</summary>
    public bool IsKnownTransaction => Says("already known") || Says("already imported") || Says("known transaction");

    /// <summary>Another transaction of the sender has the nonce and pays too much to be replaced by this one.</summary>
    public bool IsUnderpriced => Says("replacement transaction underpriced");

    /// <summary>Light clients answer no null for a transaction that is in no block: they could not prove its absence.</summary>
    public bool IsNoReceipt => Says("receipt not found");

    /// <summary>
    /// "distance to target block exceeds maximum proof window": nodes of op-stack chains say so with -32602, a light client
    /// repeats it with the code of all its errors.
    /// </summary>
    private bool IsTooOldToProve => Says("proof window") || (Code == InvalidParams && Says("window"));

    /// <summary>An error as the node sent it. A light client has no data in its errors, and writes revert data into the text.</summary>
    public static RpcError From(long code, string message, string shown, ReadOnlyMemory<byte> data) =>
        new(code, shown, data.IsEmpty ? RevertDataIn(message) : data);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Message}");

    private static byte[] RevertDataIn(string message) =>
        message.StartsWith(Reverted, StringComparison.Ordinal) && Hex.TryDecode(message.AsSpan(Reverted.Length), MaxRevertBytes, out byte[] data) ? data : [];

    private bool Says(string text) => Message.Contains(text, StringComparison.OrdinalIgnoreCase);
}
