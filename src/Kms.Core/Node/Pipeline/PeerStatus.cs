using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <param name="Url">As registered: hostile text.</param>
/// <param name="Reachable">There was contact, and the last exchange that this node began did not fail.</param>
/// <param name="LastExchangeAgoMs">Milliseconds since the last contact, its answer or a message of its own; null when none.</param>
/// <param name="UnacknowledgedRecords">At most how many of the records stored here it has not acknowledged.</param>
internal sealed record PeerStatus(WalletAddress Wallet, string Url, bool Reachable, long? LastExchangeAgoMs, long UnacknowledgedRecords);
