namespace Kms.Core.Node.Pipeline;

/// <summary>What the node's loop publishes for <c>/status</c> and <c>/nodes</c>. Reads only: no call here does I/O or fans out (finding M4).</summary>
internal interface IStatusSource
{
    /// <summary>This node's wallet is an eligible operator at both views.</summary>
    bool IsOperator { get; }

    /// <summary>This node's own URL as registered or configured; empty while unknown.</summary>
    string NodeUrl { get; }

    /// <summary>The members as last probed, ordered by wallet, this node included.</summary>
    IReadOnlyList<NodeSummary> Nodes { get; }

    /// <summary>For proven operators and peers.</summary>
    DetailedStatus Details { get; }
}
