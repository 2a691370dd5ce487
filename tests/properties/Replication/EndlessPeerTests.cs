using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Store;
using Kms.Properties.Fakes;

namespace Kms.Properties.Replication;

/// <summary>What a peer can cost that never comes to an end: so many questions, and not one more.</summary>
public sealed class EndlessPeerTests : IPeerChannel, IDisposable
{
    private const ulong TheirIncarnation = 77;

    private readonly TestStore _store = new();
    private readonly List<SyncMessage> _asked = [];
    private readonly PeerSession _session;
    private readonly DigestRepair _repair;
    private readonly PeerProgress _link;
    private Func<SyncMessage, SyncMessage> _answer = _ => new SyncMessage.Refused(SyncRefusal.Malformed);

    public EndlessPeerTests()
    {
        var context = new ReplicaContext(_store.Store, _store.Clock, TestErrors.Of(_store.Clock)) { Members = new ReplicationMembers([TestPeer.Of(2)], [TestStore.One]) };
        _session = new PeerSession(context, new Exchange(this, _store.Clock));
        _repair = new DigestRepair(context, _session);
        _link = new PeerProgress(TestPeer.Of(2).Wallet, _store.Store);
        _link.Log.Meet(TheirIncarnation);
    }

    public void Dispose() => _link.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_snapshot_is_pulled_up_to_its_limit_of_pages(bool ends)
    {
        _answer = _ =>
        {
            var record = Record(_asked.Count);
            bool last = ends && _asked.Count == Limits.MaxSnapshotPages;
            return new SyncMessage.SnapshotPage(TheirIncarnation, 1, [record], last ? null : record.Name);
        };

        (await _session.PullAsync(_link, present: null)).ShouldBe(ends);
        _asked.Count.ShouldBe(Limits.MaxSnapshotPages);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_apps_of_a_digest_are_asked_for_up_to_a_limit_of_pages(bool ends)
    {
        // Only the page at the limit holds anything that this node has not.
        _answer = message => message switch
        {
            SyncMessage.DigestApps => new SyncMessage.DigestAppsAnswer(
                [new AppSummary(App(_asked.Count), _asked.Count < Limits.MaxDigestPages ? Bytes32.Zero : Views.Hash(1))],
                More: !ends || _asked.Count < Limits.MaxDigestPages),
            _ => new SyncMessage.DigestBucketsAnswer(Buckets(0)),
        };

        await _repair.RunAsync(_link);

        _asked.OfType<SyncMessage.DigestApps>().Count().ShouldBe(Limits.MaxDigestPages);
        _asked[^1].ShouldBe(new SyncMessage.DigestBuckets(App(Limits.MaxDigestPages)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_leaves_of_a_bucket_are_asked_for_up_to_a_limit_of_pages_and_used_when_they_ended(bool ends)
    {
        int pages = 0;
        _answer = message => message switch
        {
            SyncMessage.DigestApps => new SyncMessage.DigestAppsAnswer([new AppSummary(TestStore.App, Views.Hash(1))], More: false),
            SyncMessage.DigestBuckets => new SyncMessage.DigestBucketsAnswer(Buckets(1)),
            SyncMessage.DigestLeaves => new SyncMessage.DigestLeavesAnswer([Leaf(++pages)], More: !ends || pages < Limits.MaxDigestPages),
            _ => new SyncMessage.SnapshotPage(TheirIncarnation, 1, [], null),
        };

        await _repair.RunAsync(_link);

        pages.ShouldBe(Limits.MaxDigestPages);
        _asked.OfType<SyncMessage.Fetch>().Select(fetch => fetch.Keys.Count).ShouldBe(ends ? [Limits.MaxDigestPages] : []);
    }

    [Fact]
    public async Task A_repair_looks_into_its_limit_of_buckets_over_all_apps()
    {
        var differing = new Dictionary<AppId, int> { [App(1)] = Limits.MaxRepairBuckets - 1, [App(2)] = 2, [App(3)] = 1 };
        _answer = message => message switch
        {
            SyncMessage.DigestApps => new SyncMessage.DigestAppsAnswer([.. differing.Keys.Select(app => new AppSummary(app, Views.Hash(1)))], More: false),
            SyncMessage.DigestBuckets asked => new SyncMessage.DigestBucketsAnswer(Buckets(differing[asked.App])),
            _ => new SyncMessage.DigestLeavesAnswer([], More: false),
        };

        await _repair.RunAsync(_link);

        _asked.OfType<SyncMessage.DigestLeaves>().CountBy(leaves => leaves.App).ShouldBe(
            [new(App(1), Limits.MaxRepairBuckets - 1), new(App(2), 1)], "the third app and the rest of the second wait for the next repair");
    }

    Task<PeerExchange> IPeerChannel.ExchangeAsync(VerifiedPeer peer, Epoch epoch, ReadOnlyMemory<byte> message, CancellationToken cancel)
    {
        SyncCodec.TryDecode(message, out var asked).ShouldBeTrue();
        _asked.Add(asked!);
        return Task.FromResult(new PeerExchange(SyncCodec.Encode(_answer(asked!)), null));
    }

    private static AppId App(int number) => AppId.From((ulong)number);

    private static WriteId Id(int number) => new(TestStore.BaseMs, TheirIncarnation, (ulong)number);

    private static LeafSummary Leaf(int number) => new($"k{number}", Id(number), Tombstone: false);

    /// <summary>Of an epoch that this node has no secret of: it is set aside unopened.</summary>
    private static StoredRecord Record(int number) =>
        new(TestStore.App, number.ToString("D6", null), new byte[StoredRecord.SealOverheadBytes], Id(number), null, false, null, Epoch.From(2));

    private static Bytes32[] Buckets(int differing) =>
        [.. Enumerable.Range(0, RecordDigest.Buckets).Select(bucket => bucket < differing ? Views.Hash(1) : Bytes32.Zero)];
}
