using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>How a cluster gets its first secret, and its next ones.</summary>
public sealed class BootStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void Two_fresh_nodes_boot_in_one_block() => Holds();

    [Fact]
    public void Five_fresh_nodes_boot_in_one_block() => Holds();

    [Fact]
    public void The_proposer_dies_after_proposing() => Holds();

    [Fact]
    public void The_proposer_dies_after_one_confirmation() => Holds();

    [Fact]
    public void The_proposer_dies_right_after_activation() => Holds();

    [Fact]
    public void A_griefer_proposes_again_and_again_what_it_never_hands_over() => Holds();

    [Fact]
    public void A_griefer_decides_the_first_epoch_alone_and_a_reset_cures_it() => Holds();

    [Fact]
    public void A_proposal_that_lost_its_race_is_mined_when_the_next_epoch_is_wanted() => Holds();

    [Fact]
    public void A_node_is_cut_off_during_bootstrap_and_comes_back_to_another_secret() => Holds();

    [Fact]
    public void The_cluster_rotates_and_the_default_keys_stay() => Holds();

    [Fact]
    public void A_node_restarts_every_minute() => Holds();

    [Fact]
    public void A_node_restarts_in_its_enclave_with_the_same_wallet() => Holds();

    [Fact]
    public void A_node_without_ether_waits_for_others() => Holds();
}
