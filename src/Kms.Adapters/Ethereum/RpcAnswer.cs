using Kms.Core.Json;

namespace Kms.Adapters.Ethereum;

/// <summary>The answer to one call: a result, which may be JSON null, or an error.</summary>
internal readonly record struct RpcAnswer(JsonValue Result, RpcError? Error);
