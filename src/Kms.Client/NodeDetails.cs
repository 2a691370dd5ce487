namespace Kms.Client;

/// <summary>What a node tells a wallet of its <c>StatusReaders</c>, signed: the detailed <c>/status</c>.</summary>
/// <param name="Json">As the node wrote it; null without an answer that proves its origin.</param>
/// <param name="Failure">For people; empty with an answer.</param>
public sealed record NodeDetails(KmsNodeAddress Node, string? Json, string Failure);
