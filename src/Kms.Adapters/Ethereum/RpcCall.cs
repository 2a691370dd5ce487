namespace Kms.Adapters.Ethereum;

/// <summary>One JSON-RPC call; it gets its id when it is sent.</summary>
internal sealed record RpcCall(string Method, params object[] Params);
