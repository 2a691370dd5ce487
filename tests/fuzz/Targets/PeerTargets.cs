using Kms.Core;
using Kms.Core.Node.Handover;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;

namespace Kms.Fuzz;

/// <summary>What members send each other: the sealed body, and the messages behind the seal.</summary>
internal static class PeerTargets
{
    private static readonly byte[] Key = new byte[ChannelCipher.KeyBytes];
    private static readonly Bytes32 Hash = Bytes32.From([.. Enumerable.Repeat((byte)7, 32)]);
    private static readonly WriteId Id = new(1_795_000_000_000, 5, 9);
    private static readonly StoredRecord Record = new(AppId.From(4), "key", new byte[40], Id, Id with { Counter = 8 }, false, 1_795_000_100_000, Epoch.From(1));

    private static readonly byte[][] Messages =
    [
        SyncCodec.Encode(new SyncMessage.Hello(1, ReplicaState.Following, 2, Hash, new HeldClaim(3, 4))),
        SyncCodec.Encode(new SyncMessage.HelloAnswer(1, ReplicaState.Following, 2, Hash, new SyncMessage.DeltaAck(1, 2, [ReceiveVerdict.Invalid]))),
        SyncCodec.Encode(new SyncMessage.Delta(1, 2, ulong.MaxValue, [Record, Record with { Parent = null, Tombstone = true, ExpiryMs = null }])),
        SyncCodec.Encode(new SyncMessage.SnapshotRequest(1, Record.Name)),
        SyncCodec.Encode(new SyncMessage.SnapshotPage(1, 7, [Record], Record.Name)),
        SyncCodec.Encode(new SyncMessage.Fetch(AppId.From(4), ["a", "é"])),
        SyncCodec.Encode(new SyncMessage.DigestApps(AppId.From(4))),
        SyncCodec.Encode(new SyncMessage.DigestAppsAnswer([new AppSummary(AppId.From(4), Hash)], true)),
        SyncCodec.Encode(new SyncMessage.DigestBuckets(AppId.From(4))),
        SyncCodec.Encode(new SyncMessage.DigestLeaves(AppId.From(4), 3, Hash)),
        SyncCodec.Encode(new SyncMessage.DigestLeavesAnswer([new LeafSummary("k", Id, false)], false)),
        SyncCodec.Encode(new SyncMessage.Refused(SyncRefusal.TooManyPeers)),
    ];

    private static readonly byte[][] Handovers =
    [
        new HandoverRequest(Epoch.From(1), Hash, new byte[Limits.HandoverNonceBytes], new byte[Limits.NonceBytes], new byte[] { 1, 2 }).Encode(),
        new HandoverAnswer(new byte[] { 1, 2 }, new byte[Core.Secrets.HandoverSeal.SealedBytes]).Encode(),
    ];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("sync", ReadMessage, () => Messages),
        new("sync-structure", input => ReadMessage(new Draws(input).Mutate(Messages, cbor: true, out _)), () => Draws.Seeds(Messages.Length)),
        new("sync-body", ReadBody, () => [ChannelCipher.Seal(Key, Epoch.From(1), Hash, ChannelDirection.Request, new byte[ChannelCipher.NonceBytes], Messages[0])]),
        new("handover", ReadHandover, () => Handovers),
        new("handover-structure", input => ReadHandover(new Draws(input).Mutate(Handovers, cbor: true, out _)), () => Draws.Seeds(Handovers.Length)),
    ];

    private static void ReadMessage(byte[] input)
    {
        if (SyncCodec.TryDecode(input, out var message))
        {
            FuzzFailureException.Demand(SyncCodec.Encode(message!).AsSpan().SequenceEqual(input), "two encodings of one message");
        }
    }

    private static void ReadBody(byte[] input)
    {
        if (ChannelCipher.TryReadEpoch(input, out var epoch))
        {
            ChannelCipher.TryOpen(Key, epoch, Hash, ChannelDirection.Request, input, out _);
        }
    }

    private static void ReadHandover(byte[] input)
    {
        if (HandoverRequest.TryParse(input, out var request))
        {
            FuzzFailureException.Demand(request.Encode().AsSpan().SequenceEqual(input), "two encodings of one request");
        }

        if (HandoverAnswer.TryParse(input, out var answer))
        {
            FuzzFailureException.Demand(answer.Encode().AsSpan().SequenceEqual(input), "two encodings of one answer");
        }
    }
}
