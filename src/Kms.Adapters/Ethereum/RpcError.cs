using System.Globalization;

namespace Kms.Adapters.Ethereum;

/// <summary>A JSON-RPC error object.</summary>
/// <param name="Data">Revert data, when the node sent some.</param>
internal sealed record RpcError(long Code, string Message, ReadOnlyMemory<byte> Data)
{
    private const long MethodNotFound = -32601; // JSON-RPC 2.0 §5.1
    private const long MethodNotSupported = -32004; // EIP-1474

    public bool IsUnsupported => Code is MethodNotFound or MethodNotSupported;

    public bool IsUnfunded => Says("insufficient funds");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Code} {Message}");

    private bool Says(string text) => Message.Contains(text, StringComparison.OrdinalIgnoreCase);
}
