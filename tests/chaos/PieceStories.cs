using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Parts of the node on their own, under callers whose statements interleave.</summary>
public sealed class PieceStories(ITestOutputHelper output) : SprintStory(output)
{
    private const int Runs = 60;

    [Fact]
    public void Writers_count_together_in_one_store() => HoldsUnderSprint(Runs);

    [Fact]
    public void Two_stores_merge_while_both_are_written() => HoldsUnderSprint(Runs);

    [Fact]
    public void Readers_see_what_was_written_while_others_overwrite() => HoldsUnderSprint(Runs);

    [Fact]
    public void Many_callers_want_one_nonce() => HoldsUnderSprint(Runs);

    [Fact]
    public void A_secret_is_replaced_while_callers_derive() => HoldsUnderSprint(Runs);

    [Fact]
    public void A_secret_is_quarantined_while_callers_seal() => HoldsUnderSprint(Runs);

    [Fact]
    public void Several_bring_the_same_secret() => HoldsUnderSprint(Runs);

    [Fact]
    public void The_head_moves_while_authority_is_read() => HoldsUnderSprint(Runs);

    [Fact]
    public void Callers_share_one_run_and_its_leader_may_fail() => HoldsUnderSprint(Runs);

    [Fact]
    public void Replicas_push_while_both_are_written() => HoldsUnderSprint(Runs);

    [Fact]
    public void A_quorum_write_is_where_it_says() => HoldsUnderSprint(Runs);

    [Fact]
    public void Handovers_are_taken_by_several_at_once() => HoldsUnderSprint(Runs);

    [Fact]
    public void A_node_is_stopped_twice_while_it_serves() => HoldsUnderSprint(2, "Random");

    [Fact]
    public void Security_events_are_recorded_by_several_at_once() => HoldsUnderSprint(Runs);
}
