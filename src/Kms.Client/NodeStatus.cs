namespace Kms.Client;

/// <summary>What a node says of itself to anyone. Unsigned: good for display and for choosing whom to ask, for nothing else.</summary>
/// <param name="Reason">Null while it is ready, or when it does not answer.</param>
public sealed record NodeStatus(KmsNodeAddress Node, bool Reachable, bool Ready, string? Reason);
