using System.Text.Json;

namespace Kms.Adapters.Ethereum;

/// <summary>One JSON-RPC call.</summary>
/// <param name="WriteParams">Writes the elements of the params array.</param>
internal sealed record RpcCall(string Method, Action<Utf8JsonWriter> WriteParams);
