namespace Kms.Core.Network;

/// <summary>A peer's registered URL, parsed once.</summary>
internal sealed record PeerUrl(string Scheme, string Host, int Port);
