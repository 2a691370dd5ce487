namespace Kms.Core.Node;

/// <summary>What a reason takes from apps.</summary>
internal enum Stops
{
    /// <summary>Keys, reads and writes: the node is not ready.</summary>
    Everything,

    /// <summary>Saying that a key does not exist; what is here is still read.</summary>
    Reads,

    Writes,
}
