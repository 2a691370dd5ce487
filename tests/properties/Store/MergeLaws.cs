using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Properties.Store;

public sealed class MergeLaws
{
    private static readonly Gen<StoredRecord> Any = StoreGenerators.Records(AppId.From(1), "k");

    [Property(MaxTest = 500)]
    public Property Merge_is_commutative() =>
        Prop.ForAll(Any.Two().ToArbitrary(), pair => Same(Merge.Winner(pair.Item1, pair.Item2), Merge.Winner(pair.Item2, pair.Item1)));

    [Property(MaxTest = 500)]
    public Property Merge_is_associative() =>
        Prop.ForAll(Any.Three().ToArbitrary(), three =>
            Same(Merge.Winner(Merge.Winner(three.Item1, three.Item2), three.Item3), Merge.Winner(three.Item1, Merge.Winner(three.Item2, three.Item3))));

    [Property(MaxTest = 500)]
    public Property Merge_is_idempotent() =>
        Prop.ForAll(Any.Two().ToArbitrary(), pair =>
        {
            var once = Merge.Winner(pair.Item1, pair.Item2);
            return Same(Merge.Winner(pair.Item1, pair.Item1), pair.Item1) && Same(Merge.Winner(once, pair.Item2), once);
        });

    [Property(MaxTest = 500)]
    public Property The_greatest_write_id_wins() =>
        Prop.ForAll(Any.Two().ToArbitrary(), pair =>
            Merge.Winner(pair.Item1, pair.Item2).Id == (pair.Item1.Id > pair.Item2.Id ? pair.Item1.Id : pair.Item2.Id));

    [Property(MaxTest = 500)]
    public Property For_one_write_id_the_tombstone_wins_and_then_the_higher_epoch() =>
        Prop.ForAll(Any.Two().ToArbitrary(), pair =>
        {
            var (one, other) = (pair.Item1, pair.Item2 with { Id = pair.Item1.Id });
            var winner = Merge.Winner(one, other);
            return winner.Tombstone == (one.Tombstone || other.Tombstone)
                && (one.Tombstone != other.Tombstone || winner.Epoch == (one.Epoch > other.Epoch ? one.Epoch : other.Epoch));
        });

    [Property(MaxTest = 500)]
    public Property Write_ids_are_totally_ordered() =>
        Prop.ForAll(StoreGenerators.WriteIds().Three().ToArbitrary(), three =>
        {
            var (a, b, c) = three;
            bool antisymmetric = Math.Sign(a.CompareTo(b)) == -Math.Sign(b.CompareTo(a));
            bool transitive = !(a <= b && b <= c) || a <= c;
            return antisymmetric && transitive && a.CompareTo(b) == 0 == (a == b);
        });

    [Theory]
    [InlineData(null, true)] // the winner's writer held nothing
    [InlineData(1, true)] // it replaced something older than the loser
    [InlineData(2, false)] // it replaced the loser
    [InlineData(3, false)] // it replaced what had already beaten the loser
    public void A_loser_is_concurrent_exactly_when_the_winners_writer_had_not_seen_it(int? parent, bool concurrent)
    {
        var loser = Record(2, null);
        var winner = Record(4, parent);

        Merge.IsConcurrent(winner, loser).ShouldBe(concurrent);
        Merge.IsConcurrent(winner, winner).ShouldBeFalse();
    }

    private static StoredRecord Record(int timestamp, int? parent) =>
        new(AppId.From(1), "k", new byte[28], new WriteId(timestamp, 1, 1), parent is null ? null : new WriteId(parent.Value, 1, 1), false, null, Epoch.From(1));

    private static bool Same(StoredRecord one, StoredRecord other) =>
        one with { Sealed = default } == other with { Sealed = default } && one.Sealed.Span.SequenceEqual(other.Sealed.Span);
}
