namespace Kms.Core.Ports;

/// <summary>Why the chain gave no answer. None of them is evidence about the chain's state except <see cref="Reorged"/>.</summary>
public enum ChainFailure
{
    /// <summary>No usable answer: network, timeout, malformed data, block not found.</summary>
    Unavailable,

    /// <summary>The pinned height holds another hash: the pin is no longer canonical.</summary>
    Reorged,

    /// <summary>The sender cannot pay for gas.</summary>
    Unfunded,

    /// <summary>The contract would revert with one of its own errors, or the network refused a submitted transaction.</summary>
    Rejected,

    /// <summary>The endpoint does not serve this kind of read, or not of a block as old as this.</summary>
    Unsupported,

    /// <summary>The network holds another transaction of the sender with the same nonce, which this one pays too little to replace.</summary>
    Underpriced,
}
