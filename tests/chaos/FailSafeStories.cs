using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>What may stop service and must never lose a secret: outages, mistakes of the platform and of governance, exceptions.</summary>
public sealed class FailSafeStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void The_kms_app_is_paused_for_a_week() => Holds();

    [Fact]
    public void A_measurement_is_suspended_for_two_days_and_lifted() => Holds();

    [Fact]
    public void A_measurement_is_removed_by_mistake_and_added_again_after_a_month() => Holds();

    [Fact]
    public void The_registry_answers_zeros_for_thirty_hours() => Holds();

    [Fact]
    public void Transactions_are_swallowed_for_six_hours() => Holds();

    [Fact]
    public void Transactions_lie_for_hours_at_the_boot_and_at_a_rotation() => Holds();

    [Fact]
    public void Estimates_fail_for_a_day() => Holds();

    [Fact]
    public void The_final_head_trails_by_twenty_minutes() => Holds();

    [Fact]
    public void Ports_and_callbacks_throw_now_and_then() => Holds();

    [Fact]
    public void Callbacks_do_not_come_back_for_an_hour() => Holds();

    [Fact]
    public void The_kms_app_is_revoked_and_taken_back() => Holds();

    [Fact]
    public void A_version_is_revoked_by_mistake_and_deprecated_within_a_day() => Holds();

    [Fact]
    public void A_host_shows_all_nodes_a_chain_that_stands_still() => Holds();

    [Fact]
    public void The_final_head_stands_still_while_the_chain_goes_on() => Holds();

    [Fact]
    public void Governance_acts_in_the_middle_of_a_rotation() => Holds();

    [Fact]
    public void Nodes_are_asked_to_stop_one_after_the_other() => Holds();
}
