using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>What members of the cluster can do to it.</summary>
public sealed class MemberStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void A_member_hands_over_another_secret_than_the_chain_names() => Holds();

    [Fact]
    public void A_member_hands_over_a_secret_in_plaintext() => Holds();

    [Fact]
    public void A_member_asks_for_the_secret_again_and_again() => Holds();

    [Fact]
    public void An_enclave_runs_other_code_when_it_asks_for_the_secret() => Holds();

    [Fact]
    public void A_host_asks_for_the_secret_with_documents_of_the_auxiliary_port() => Holds();

    [Fact]
    public void A_revoked_node_is_kept_in_the_past_and_asks_for_the_secret() => Holds();

    [Fact]
    public void A_reorganisation_puts_another_secret_in_the_place_of_one_that_was_used() => Holds();

    [Fact]
    public void Epochs_rotate_and_retire_under_load() => Holds();

    [Fact]
    public void Strangers_flood_a_node_with_questions() => Holds();
}
