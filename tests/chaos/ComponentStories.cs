using System.Runtime.CompilerServices;

namespace Kms.Chaos;

/// <summary>Parts of the node on their own, under callers whose statements interleave.</summary>
public sealed class ComponentStories(SprintRuns<ComponentStories> told) : ISprintStories, IClassFixture<SprintRuns<ComponentStories>>
{
    public static int Runs => 60;

    public static string? Strategy => null;

    [Fact]
    public void Writers_count_together_in_one_store() => Holds();

    [Fact]
    public void Two_stores_merge_while_both_are_written() => Holds();

    [Fact]
    public void Readers_see_what_was_written_while_others_overwrite() => Holds();

    [Fact]
    public void Many_callers_want_one_nonce() => Holds();

    [Fact]
    public void A_secret_is_replaced_while_callers_derive() => Holds();

    [Fact]
    public void A_secret_is_quarantined_while_callers_seal() => Holds();

    [Fact]
    public void Several_bring_the_same_secret() => Holds();

    [Fact]
    public void The_head_moves_while_authority_is_read() => Holds();

    [Fact]
    public void Callers_share_one_run_and_its_leader_may_fail() => Holds();

    [Fact]
    public void Replicas_push_while_both_are_written() => Holds();

    [Fact]
    public void A_quorum_write_is_where_it_says() => Holds();

    [Fact]
    public void Handovers_are_taken_by_several_at_once() => Holds();

    [Fact]
    public void Security_events_are_recorded_by_several_at_once() => Holds();

    private void Holds([CallerMemberName] string name = "") => told.ShouldHold(name);
}
