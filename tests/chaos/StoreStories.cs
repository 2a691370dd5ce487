using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>What can happen to records.</summary>
public sealed class StoreStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void Writes_on_both_sides_of_a_partition() => Holds();

    [Fact]
    public void A_push_fails_for_one_peer_only() => Holds();

    [Fact]
    public void A_bridge_is_all_that_connects_two_halves() => Holds();

    [Fact]
    public void Links_clog_and_unclog() => Holds();

    [Fact]
    public void Messages_are_lost_doubled_and_reordered() => Holds();

    [Fact]
    public void A_node_is_isolated_and_comes_back() => Holds();

    [Fact]
    public void A_partition_outlives_the_tombstones() => Holds();

    [Fact]
    public void A_secret_is_replaced_while_requests_are_in_flight() => Holds();

    [Fact]
    public void Five_nodes_serve_for_a_day() => Holds();

    [Fact]
    public void Five_nodes_serve_for_a_week() => Holds();
}
