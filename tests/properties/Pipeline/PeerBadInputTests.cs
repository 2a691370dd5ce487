using System.Text;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Store;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>
/// The bodies of <c>POST /sync</c> at a real node with a real store and real cursors (issue 2): what a member sends wrongly gets a
/// clear error and changes nothing. The proofs around them are in <see cref="BadInputTests"/>.
/// </summary>
public sealed class PeerBadInputTests : IDisposable
{
    private static readonly Epoch One = Epoch.From(1);
    private readonly TestWorld _world = new(2, 2);

    public PeerBadInputTests()
    {
        _world.StartAll();
        _world.RunUntil(_world.AllReady, 120).ShouldBeTrue(_world.Describe());
        foreach (string key in (string[])["one", "two"])
        {
            Receiver.Store.Put(AppId.From(77), One, key, [1, 2, 3], null, null).ShouldBeOfType<PutResult.Stored>();
        }

        _world.RunFor(20);
        // From here on nobody but the test speaks to the node.
        _world.Cut(1, 2);
        Receiver.Store.Put(AppId.From(77), One, "three", [4], null, null).ShouldBeOfType<PutResult.Stored>();
        State.Of(Receiver, Sender.Identity.Wallet).Behind.ShouldBe(1UL, "the cursor stands before the last write");
    }

    public static TheoryData<string> Bodies =>
    [
        "empty", "json", "plaintext", "text", "nested_1mb", "invalid_utf8", "truncated", "tampered", "one_byte_more", "of_another_exchange",
        "sealed_as_answer", "sealed_by_another_key", "sealed_by_another_pair", "of_an_unknown_epoch", "of_epoch_zero", "over_the_limit",
    ];

    private NodeParts Receiver => _world.Parts(1);

    private NodeParts Sender => _world.Parts(2);

    [Theory]
    [MemberData(nameof(Bodies))]
    public void A_wrong_body_gets_a_clear_error_and_changes_nothing(string name)
    {
        var before = State.Of(Receiver, Sender.Identity.Wallet);

        var response = Send(binding => Wrong(name, binding));

        response.ShouldRefuse(name switch
        {
            "of_an_unknown_epoch" => ApiError.EpochUnavailable,
            "over_the_limit" => ApiError.BodyTooLarge,
            _ => ApiError.BadSyncMessage,
        });
        bool isProven = name != "over_the_limit";
        State.Of(Receiver, Sender.Identity.Wallet).ShouldBe(before with { NoncesLeft = before.NoncesLeft - (isProven ? 1 : 0) });
        (response.Header("X-KMS-Response-Signature-2") is not null).ShouldBe(isProven);
    }

    [Theory]
    [InlineData("not cbor")]
    [InlineData("unknown type")]
    [InlineData("nested")]
    [InlineData("nothing")]
    public void A_sealed_message_that_means_nothing_is_refused_under_seal_and_changes_nothing(string name)
    {
        byte[] message = name switch
        {
            "not cbor" => [0xff, 0xff],
            "unknown type" => [0x82, 0x18, 0x63, 0x00],
            "nested" => [.. Enumerable.Repeat((byte)0x81, 100_000)],
            _ => [],
        };
        var before = State.Of(Receiver, Sender.Identity.Wallet);
        Bytes32 used = default;

        var response = Send(binding =>
        {
            used = binding;
            return Seal(binding, message);
        });

        response.Status.ShouldBe(200);
        byte[] key = Key(Sender.Identity.Wallet, Receiver.Identity.Wallet);
        ChannelCipher.TryOpen(key, One, used, ChannelDirection.Answer, response.Body, out byte[] answer).ShouldBeTrue();
        SyncCodec.TryDecode(answer, out var refused).ShouldBeTrue();
        refused.ShouldBe(new SyncMessage.Refused(SyncRefusal.Malformed));
        State.Of(Receiver, Sender.Identity.Wallet).ShouldBe(before with { NoncesLeft = before.NoncesLeft - 1 });
    }

    [Fact]
    public void The_right_body_is_answered()
    {
        // What the rows above vary: if this were refused, they would prove nothing.
        Send(binding => Seal(binding, Hello())).Status.ShouldBe(200);
    }

    public void Dispose() => _world.Dispose();

    private ReadOnlyMemory<byte> Hello() => SyncCodec.Encode(
        new SyncMessage.Hello(Sender.Store.Incarnation, ReplicaState.Following, UInt128.One, Sender.Store.Digest(), null));

    private byte[] Wrong(string name, Bytes32 binding)
    {
        byte[] good = Seal(binding, Hello());
        return name switch
        {
            "empty" => [],
            "json" => Encoding.UTF8.GetBytes("""{"type":"hello"}"""),
            "plaintext" => Hello().ToArray(),
            "text" => Encoding.UTF8.GetBytes("hello"),
            "nested_1mb" => [.. Enumerable.Repeat((byte)0x81, 1 << 20)],
            "invalid_utf8" => [0x81, 0x62, 0xc3, 0x28],
            "truncated" => good[..^1],
            "tampered" => [.. good[..^1], (byte)(good[^1] ^ 1)],
            "one_byte_more" => [.. good, 0],
            "of_another_exchange" => Seal(Bytes32.From(Keys.Filled(9, 32)), Hello()),
            "sealed_as_answer" => Seal(binding, Hello(), direction: ChannelDirection.Answer),
            "sealed_by_another_key" => Seal(binding, Hello(), key: Keys.Filled(3, ChannelCipher.KeyBytes)),
            "sealed_by_another_pair" => Seal(binding, Hello(), key: Key(Receiver.Identity.Wallet, Sender.Identity.Wallet)),
            "of_an_unknown_epoch" => Seal(binding, Hello(), epoch: Epoch.From(9)),
            "of_epoch_zero" => [good[0], good[1], 0, .. good[3..]],
            _ => new byte[Limits.MaxSyncBodyBytes + 1],
        };
    }

    private byte[] Seal(
        Bytes32 binding, ReadOnlyMemory<byte> message, Epoch? epoch = null, byte[]? key = null, ChannelDirection direction = ChannelDirection.Request) =>
        ChannelCipher.Seal(
            key ?? Key(Sender.Identity.Wallet, Receiver.Identity.Wallet), epoch ?? One, binding, direction, Keys.Filled(5, ChannelCipher.NonceBytes), message.Span);

    private byte[] Key(WalletAddress from, WalletAddress to)
    {
        byte[] key = new byte[ChannelCipher.KeyBytes];
        Sender.Secrets.TryDeriveChannelKey(One, from, to, key).ShouldBeTrue();
        return key;
    }

    private KmsResponse Send(Func<Bytes32, byte[]> bodyOf)
    {
        string nonce = Receiver.Nonces.Issue();
        string timestamp = (Receiver.Services.TrustedNowMs()!.Value / 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var to = Receiver.Identity.Wallet;
        byte[] body = bodyOf(ProofMessages.ChannelBinding(ProofMessages.PeerV2(nonce, to, timestamp, "POST", "/sync", [])));
        var signature = _world.Keys(2).Wallet.SignMessage(ProofMessages.PeerV2(nonce, to, timestamp, "POST", "/sync", body));
        var request = new KmsRequest(
            "POST",
            "/sync",
            [
                new(ProofScheme.Peer.SignatureHeader, signature.ToString()),
                new(ProofScheme.Peer.NonceHeader, nonce),
                new(ProofScheme.Peer.TimestampHeader, timestamp),
                new(ProofScheme.Peer.VersionHeader, "2"),
            ],
            body);
        return _world.Await(() => _world.Node(1).HandleAsync(request, default), 5);
    }

    private sealed record State(Bytes32 Digest, StoreStats Stats, ulong Behind, int RetryQueue, int NoncesLeft, int SecretsHeld)
    {
        public static State Of(NodeParts node, WalletAddress peer)
        {
            var cursor = node.Replicator.Stats().Peers.Single(one => one.Wallet == peer);
            return new State(
                node.Store.Digest(), node.Store.Stats(), cursor.Sequences, cursor.RetryQueue, node.Nonces.Left(peer), node.Secrets.Held.Count);
        }
    }
}
