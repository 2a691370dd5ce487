namespace Kms.Adapters.Ethereum;

/// <summary>How an endpoint is made to read at one block.</summary>
internal enum PinMode
{
    /// <summary>Not probed yet: read by number and hash, and probe along.</summary>
    Unknown,

    /// <summary>EIP-1898: the block is named by its hash.</summary>
    ByHash,

    /// <summary>By number, comparing the block's hash with the pin before and after.</summary>
    ByNumber,
}
