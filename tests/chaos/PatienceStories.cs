using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Members and RPCs that keep their callers waiting, or answer with what no honest one would.</summary>
public sealed class PatienceStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void A_member_accepts_connections_and_stays_silent() => Holds();

    [Fact]
    public void A_member_answers_status_with_eleven_bytes() => Holds();

    [Fact]
    public void Members_answer_with_hostile_structures() => Holds();

    [Fact]
    public void A_griefer_activates_epochs_that_nobody_else_holds() => Holds();

    [Fact]
    public void Answers_come_byte_by_byte() => Holds();

    /// <summary>Seed 3004: a holder that was asked before it had seen the block was not asked again while silent members used up the fetch.</summary>
    [Fact]
    public void Sixty_silent_members_delay_a_rotation_by_less_than_two_ticks() => Holds(3004);

    [Fact]
    public void Endpoints_err_and_lie_about_transactions() => Holds();
}
