using System.Runtime.CompilerServices;
using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Minutes in small worlds: one run of each driver here, as many as there is time for in <c>make chaos</c>.</summary>
public sealed class SprintStories(ITestOutputHelper output, SprintRuns<SprintStories> told)
    : Story(output), ISprintStories, IClassFixture<SprintRuns<SprintStories>>
{
    public static int Runs => 1;

    // Prioritization runs a world three times.
    public static string Strategy => "Probabilistic";

    [Fact]
    public void Two_nodes_boot_and_serve_within_a_minute() => HoldsUnderBoth();

    [Fact]
    public void The_activation_is_reorganised_within_a_minute() => HoldsUnderBoth();

    [Fact]
    public void A_reorganisation_below_finality_strikes_while_apps_ask() => HoldsUnderBoth();

    [Fact]
    public void An_app_is_revoked_while_its_requests_are_under_way() => HoldsUnderBoth();

    [Fact]
    public void Two_sides_write_apart_and_merge_within_a_minute() => HoldsUnderBoth();

    [Fact]
    public void A_holder_dies_while_a_third_node_asks_for_the_secret() => HoldsUnderBoth();

    [Fact]
    public void The_secret_rotates_while_apps_derive() => HoldsUnderBoth();

    [Fact]
    public void A_node_restarts_in_its_enclave_under_load() => HoldsUnderBoth();

    [Fact]
    public void An_embedder_keeps_its_callers_for_a_while() => HoldsUnderBoth();

    private void HoldsUnderBoth([CallerMemberName] string name = "")
    {
        Holds(1, name);
        told.ShouldHold(name);
    }
}
