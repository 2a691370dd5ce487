namespace Kms.Core.Replication;

/// <summary>Outcome of an exchange with a peer.</summary>
/// <param name="Answer">Null on failure.</param>
/// <param name="Failure">Null on success; for operators.</param>
internal sealed record PeerExchange(ReadOnlyMemory<byte>? Answer, string? Failure)
{
    /// <summary>The peer itself says that it does not hold the epoch: another one that both hold may serve.</summary>
    public bool LacksEpoch { get; init; }
}
