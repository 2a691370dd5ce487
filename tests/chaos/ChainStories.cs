using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>What the chain and its endpoints can do to a cluster.</summary>
public sealed class ChainStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void The_activation_is_reorganised_away_and_included_again() => Holds();

    [Fact]
    public void Propose_and_confirm_are_reorganised_away_and_dropped() => Holds();

    [Fact]
    public void A_reorganisation_deeper_than_finality_drops_or_delays_the_activation() => Holds();

    [Fact]
    public void Proposals_and_activation_come_back_some_time_after_a_deep_reorganisation() => Holds();

    [Fact]
    public void A_deep_reorganisation_makes_the_loser_of_a_race_its_winner() => Holds();

    [Fact]
    public void Blocks_are_withheld_and_reads_say_not_found() => Holds();

    [Fact]
    public void Old_genuine_heads_are_replayed_while_the_wall_clock_is_set_back() => Holds();

    [Fact]
    public void Endpoints_disagree_about_the_hash() => Holds();

    [Fact]
    public void The_chain_stalls_and_goes_on() => Holds();

    [Fact]
    public void Light_clients_stand_still_and_are_out_of_sync_while_the_secret_rotates() => Holds();

    [Fact]
    public void A_revoked_app_keeps_asking_through_lagging_endpoints() => Holds();

    [Fact]
    public void A_revoked_node_keeps_asking() => Holds();
}
