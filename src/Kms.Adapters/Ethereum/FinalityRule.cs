namespace Kms.Adapters.Ethereum;

/// <summary>What the final view of the chain is (design §4).</summary>
public abstract record FinalityRule
{
    private FinalityRule()
    {
    }

    /// <summary>So many blocks below the latest head: trust in the sequencer, stated as such.</summary>
    public sealed record Depth(ulong Blocks) : FinalityRule;

    /// <summary>The RPC's <c>finalized</c> or <c>safe</c> block. An RPC that does not publish it makes the final view unavailable.</summary>
    public sealed record Tag : FinalityRule
    {
        /// <exception cref="ArgumentException">Another tag.</exception>
        public Tag(string name)
        {
            Name = name is "finalized" or "safe" ? name : throw new ArgumentException("finalized or safe is needed", nameof(name));
        }

        public string Name { get; }
    }
}
