namespace Kms.Core.Replication;

/// <summary>Outcome of an exchange with a peer.</summary>
/// <param name="Answer">Null on failure.</param>
/// <param name="Failure">Null on success; for operators.</param>
internal sealed record PeerExchange(ReadOnlyMemory<byte>? Answer, string? Failure);
