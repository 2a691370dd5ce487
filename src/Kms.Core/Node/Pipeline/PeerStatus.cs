using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <param name="Reachable">The last exchange succeeded.</param>
/// <param name="LastExchangeAgoMs">Milliseconds since the last successful exchange; null when none.</param>
/// <param name="UnacknowledgedRecords">Records of ours that it has not acknowledged.</param>
internal sealed record PeerStatus(WalletAddress Wallet, string Url, bool Reachable, long? LastExchangeAgoMs, long UnacknowledgedRecords);
