using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>What the host, its network, its names and its enclave supervisor can do.</summary>
public sealed class HostStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void A_peer_name_resolves_to_a_public_address_once_and_to_private_ones_next() => Holds();

    [Fact]
    public void A_host_swaps_envelopes_between_two_proofs() => Holds();

    [Fact]
    public void A_host_replays_what_it_saw() => Holds();

    [Fact]
    public void A_nonce_flood_evicts_nobody() => Holds();

    [Fact]
    public void Odyn_fails_hangs_and_slows_down() => Holds();

    [Fact]
    public void Randomness_is_constant_or_repeats() => Holds();

    [Fact]
    public void Odyn_changes_its_identity() => Holds();

    [Fact]
    public void Attestation_is_wrong_stale_or_garbage() => Holds();

    [Fact]
    public void A_holder_attests_stale_documents_while_a_new_node_asks() => Holds();

    [Fact]
    public void A_host_answers_with_redirects() => Holds();

    [Fact]
    public void A_peer_lies() => Holds();

    [Fact]
    public void A_node_pauses_and_wakes_up_in_another_world() => Holds(seed: 200003);
}
