using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>The real client, in worlds that are hard on it.</summary>
public sealed class ClientStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void A_client_goes_on_when_a_node_is_cut_off() => Holds();

    [Fact]
    public void Answers_to_clients_are_lost() => Holds();

    [Fact]
    public void A_host_answers_clients_without_a_signature() => Holds();

    [Fact]
    public void Nodes_carry_writes_out_and_cannot_answer() => Holds();
}
