using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Node;
using Kms.Properties.Cryptography;

namespace Kms.Properties.Node;

/// <summary>Combinations of depth and block time that cannot work are refused before anything starts, with what to do.</summary>
public sealed class FinalityOptionsTests
{
    [Theory]
    [InlineData(64UL, Limits.BlockTimeMs, null)]
    [InlineData(0UL, 1L, null)]
    [InlineData(1UL, 0L, "BlockTimeMs")]
    [InlineData(1UL, Limits.MaxBlockTimeMs, null)]
    [InlineData(1UL, Limits.MaxBlockTimeMs + 1, "BlockTimeMs")]
    [InlineData((ulong)(Limits.MaxFinalLagMs / 2_000), 2_000L, null)]
    [InlineData((ulong)(Limits.MaxFinalLagMs / 2_000) + 1, 2_000L, "smaller depth")]
    [InlineData(Limits.MaxFinalityDepthBlocks, 1L, null)]
    [InlineData(Limits.MaxFinalityDepthBlocks + 1, 1L, "FinalityDepth")]
    public void A_depth_and_a_block_time_fit_each_other_and_the_limits(ulong depth, long blockTimeMs, string? problem)
    {
        string? found = KmsNodeOptions.FinalityProblem(depth, blockTimeMs);
        (found is null).ShouldBe(problem is null, found);
        found?.ShouldContain(problem!);

        var options = new KmsNodeOptions
        {
            AttestationRoot = AttestationRoot.Aws,
            HostEntropy = Keys.Filled(1, Limits.MinEntropyBytes),
            FinalityDepthBlocks = depth,
            BlockTimeMs = blockTimeMs,
        };
        if (problem is null)
        {
            options.Validate();
            options.MaxFinalLagMs.ShouldBe(((long)depth * blockTimeMs) + Limits.ChainStaleAfterMs);
        }
        else
        {
            Should.Throw<ArgumentException>(options.Validate).Message.ShouldBe(found);
        }
    }
}
