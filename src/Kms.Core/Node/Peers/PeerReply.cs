namespace Kms.Core.Node.Peers;

/// <summary>A peer's answer that its wallet signed for exactly our request, or why there is none.</summary>
/// <param name="Status">HTTP status; zero without an authentic answer.</param>
/// <param name="Failure">For operators; null when there is an authentic answer, whatever its status.</param>
internal sealed record PeerReply(int Status, ReadOnlyMemory<byte> Body, string? Failure)
{
    public bool IsOk => Failure is null && Status == 200;

    /// <summary>The peer said, signed, that it does not hold the epoch.</summary>
    public bool LacksEpoch { get; init; }

    public static PeerReply Failed(string failure) => new(0, default, failure);

    public string Describe() => Failure ?? $"status {Status}";
}
