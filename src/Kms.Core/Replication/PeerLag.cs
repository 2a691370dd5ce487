using Kms.Core.Primitives;

namespace Kms.Core.Replication;

/// <summary>How far one peer is behind this node.</summary>
/// <param name="Sequences">Changes not yet acknowledged, an upper bound on records; zero when in step.</param>
/// <param name="SetAside">Records that the peer asked to be sent again.</param>
/// <param name="SinceContactMs">Since a message went either way; null when none did.</param>
/// <param name="LastFailure">For operators; null when the last exchange succeeded.</param>
internal sealed record PeerLag(WalletAddress Wallet, ulong Sequences, int SetAside, long? SinceContactMs, string? LastFailure);
