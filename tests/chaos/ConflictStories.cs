using Xunit.Abstractions;

namespace Kms.Chaos;

/// <summary>Writes and deletes that do not know of each other.</summary>
public sealed class ConflictStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void Both_sides_of_a_partition_write_in_the_same_millisecond() => Holds();

    [Fact]
    public void Keys_are_deleted_while_a_peer_is_away() => Holds();

    [Fact]
    public void A_node_dies_while_none_of_its_pushes_arrive() => Holds();
}
