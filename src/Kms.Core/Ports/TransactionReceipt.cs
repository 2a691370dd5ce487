using Kms.Core.Primitives;

namespace Kms.Core.Ports;

/// <param name="Succeeded">False when it reverted.</param>
public sealed record TransactionReceipt(Bytes32 TransactionHash, ulong BlockNumber, Bytes32 BlockHash, bool Succeeded);
