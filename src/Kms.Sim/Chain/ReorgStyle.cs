namespace Kms.Sim.Chain;

/// <summary>What becomes of the transactions of blocks that a reorganisation replaces.</summary>
internal enum ReorgStyle
{
    /// <summary>In the first replacement block, in adversarial order.</summary>
    Reinclude,

    /// <summary>Back in the mempool, left lying for a while.</summary>
    Delay,

    /// <summary>Gone for ever.</summary>
    Drop,
}
