using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Node.Handover;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;
using Kms.Properties.Vectors;

namespace Kms.Properties.Node;

/// <summary>Each check of the handover flipped once, from both sides. Invariants 9 and 10 of docs/invariants.md.</summary>
public abstract class HandoverTests
{
    private readonly SupervisorBuild _supervisor;

    private protected HandoverTests(SupervisorBuild supervisor) => _supervisor = supervisor;

    public sealed class BesideTheNewest() : HandoverTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : HandoverTests(SupervisorBuild.All[^1]);

    public static TheoryData<string> Lies =>
    [
        "another nonce", "the bare challenge", "terms in user data only", "role", "epoch", "debug", "measurement", "another root", "truncated",
        "no user data", "another wallet", "nested wallet", "nested wallet first", "wallet twice", "no key", "long-lived key", "another member's key",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_honest_receiver_gets_the_secret_that_the_chain_names(bool hasBareUserData)
    {
        using var world = new World(_supervisor);
        world.Cluster.Odyns[1].Build = _supervisor with { HasBareUserData = hasBareUserData };
        world.Ask(out var refusal).ShouldNotBeNull();
        refusal.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_sender_refuses_a_receiver_whose_document_lies(string lie)
    {
        using var world = new World(_supervisor);
        world.Lie(world.Cluster.Odyns[1], lie);
        world.Ask(out var refusal).ShouldBeNull();
        refusal.ShouldBeOneOf(
            HandoverRefusal.AttestationRefused, HandoverRefusal.WrongWallet, HandoverRefusal.WrongKey, HandoverRefusal.WrongMeasurement);
        world.Cluster.Audit(1).ShouldContain(one => one.Kind == AuditKind.HandoverRefused);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_receiver_refuses_a_sender_whose_document_lies(string lie)
    {
        using var world = new World(_supervisor, startReceiver: false);
        world.Lie(world.Cluster.Odyns[0], lie, onlyHandovers: true);
        world.Cluster.Start(2);
        world.Cluster.RunFor(40);

        world.Cluster.Node(2).IsReady.ShouldBeFalse();
        world.Cluster.Node(2).Parts!.Secrets.Held.ShouldBeEmpty();
        world.Cluster.Audit(2).ShouldContain(one => one.Kind == AuditKind.SecretNotReceived);
    }

    [Fact]
    public void A_challenge_is_good_for_one_handover()
    {
        using var world = new World(_supervisor);
        byte[] body = world.Request();
        world.Send(body, out _).ShouldNotBeNull();
        world.Send(body, out var refusal).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.StaleChallenge);
    }

    [Fact]
    public void A_challenge_of_another_node_or_too_old_is_refused()
    {
        using var world = new World(_supervisor);
        world.Send(world.Request(challenge: Keys.Filled(1, Limits.NonceBytes)), out var refusal).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.StaleChallenge);

        byte[] body = world.Request();
        world.Cluster.RunFor((int)(Limits.NonceLifeMs / 1000) + 5);
        world.Send(body, out refusal).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.StaleChallenge);
    }

    [Theory]
    [InlineData("stopped", nameof(HandoverRefusal.NotAMember))]
    [InlineData("deprecated", nameof(HandoverRefusal.NotEligible))]
    [InlineData("sender stopped", nameof(HandoverRefusal.NotNow))]
    [InlineData("retired", nameof(HandoverRefusal.NotHeld))]
    public void What_the_chain_takes_away_while_Odyn_attests_stops_the_handover(string how, string expected)
    {
        using var world = new World(_supervisor);
        byte[] body = world.Request();
        world.Cluster.Chain.AutoMine = false;
        world.Cluster.Odyns[0].BeforeAttest = async () =>
        {
            world.Cluster.Odyns[0].BeforeAttest = null;
            world.Cluster.Chain.Mine(state =>
            {
                switch (how)
                {
                    case "stopped":
                        state.Change(world.Cluster.Wallet(2), one => one with { Status = Kms.Core.Registry.InstanceStatus.Stopped });
                        break;
                    case "sender stopped":
                        state.Change(world.Cluster.Wallet(1), one => one with { Status = Kms.Core.Registry.InstanceStatus.Stopped });
                        break;
                    case "retired":
                        state.Retire(Epoch.From(1));
                        break;
                    default:
                        state.ChangeVersion(Cluster.Version, one => one with { Status = Kms.Core.Registry.VersionStatus.Deprecated });
                        break;
                }
            });
            await world.Cluster.Clock.DelayAsync(TimeSpan.FromSeconds(4), default);
        };

        world.Send(body, out var refusal).ShouldBeNull();
        refusal.ToString().ShouldBe(expected);
    }

    [Fact]
    public void An_instance_gets_an_epoch_a_bounded_number_of_times()
    {
        using var world = new World(_supervisor);
        int granted = 0;
        HandoverRefusal? refusal = null;
        for (int i = 0; i < Limits.MaxHandoversPerInstanceAndEpoch + 2; i++)
        {
            granted += world.Ask(out refusal) is null ? 0 : 1;
        }

        // The node itself fetched it once when it started.
        granted.ShouldBe(Limits.MaxHandoversPerInstanceAndEpoch - 1);
        refusal.ShouldBe(HandoverRefusal.TooMany);
    }

    [Fact]
    public void An_epoch_or_hash_that_is_not_held_is_not_handed_over()
    {
        using var world = new World(_supervisor);
        world.Send(world.Request(epoch: 2), out var refusal).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.NotHeld);
        world.Send(world.Request(hash: Views.Hash(4)), out refusal).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.NotHeld);
    }

    [Fact]
    public void A_node_that_asks_itself_is_refused()
    {
        using var world = new World(_supervisor);
        world.Send(world.Request(), out var refusal, asker: 1).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.NotEligible);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    public void Malformed_requests_are_refused(int cut)
    {
        using var world = new World(_supervisor);
        byte[] body = world.Request();
        world.Send(cut == 0 ? [] : cut == 1 ? [.. body, 0] : body[..^cut], out var refusal).ShouldBeNull();
        refusal.ShouldBe(HandoverRefusal.Malformed);
    }

    [Fact]
    public void The_nonce_separates_every_term_both_roles_and_every_challenge()
    {
        var chain = new ChainIdentity(1, Views.Wallet(9));
        var terms = new HandoverTerms(chain, Epoch.From(1), Views.Hash(1), Views.Wallet(1), Views.Wallet(2));
        HandoverTerms[] others =
        [
            terms,
            terms with { Chain = new ChainIdentity(2, Views.Wallet(9)) },
            terms with { Chain = new ChainIdentity(1, Views.Wallet(8)) },
            terms with { Epoch = Epoch.From(2) },
            terms with { Hash = Views.Hash(2) },
            terms with { Receiver = Views.Wallet(3) },
            terms with { Sender = Views.Wallet(3) },
            terms with { Receiver = Views.Wallet(2), Sender = Views.Wallet(1) },
        ];
        var all = others.SelectMany(one => new[] { 1, 2 }.SelectMany(seed => new[]
        {
            Hex.Encode(one.Nonce(HandoverRole.Receiver, Keys.Filled((byte)seed, Limits.NonceBytes))),
            Hex.Encode(one.Nonce(HandoverRole.Sender, Keys.Filled((byte)seed, Limits.HandoverNonceBytes))),
        })).ToArray();
        all.Distinct().Count().ShouldBe(all.Length);
    }

    [Fact]
    public void Every_vector_of_the_nonce_is_what_the_terms_hash_to()
    {
        foreach (var vector in VectorFile.SpecCases("handover-nonce.json"))
        {
            var terms = new HandoverTerms(
                new ChainIdentity(vector.GetProperty("chain_id").GetUInt64(), WalletAddress.Parse(vector.Text("contract"))),
                Epoch.From(vector.GetProperty("epoch").GetUInt64()),
                Bytes32.Parse(vector.Text("hash")),
                WalletAddress.Parse(vector.Text("receiver")),
                WalletAddress.Parse(vector.Text("sender")));
            var role = (HandoverRole)vector.GetProperty("role").GetByte();
            Hex.Encode(terms.Nonce(role, vector.Hex("challenge"))).ShouldBe(vector.Text("nonce"));
        }
    }

    /// <summary>Node 1 holds epoch 1; node 2 is a member; the test speaks as node 2.</summary>
    private sealed class World : IDisposable
    {
        public World(SupervisorBuild supervisor, bool startReceiver = true)
        {
            Cluster = new Cluster(2, 1);
            Cluster.Odyns.ForEach(odyn => odyn.Build = supervisor);
            Cluster.Start(1);
            Cluster.RunUntil(() => Cluster.Node(1).IsReady, 60).ShouldBeTrue(Cluster.Describe());
            if (startReceiver)
            {
                Cluster.Start(2);
                Cluster.RunUntil(Cluster.AllReady, 60).ShouldBeTrue(Cluster.Describe());
            }
        }

        public Cluster Cluster { get; }

        /// <summary>Of the request that was made last; for a sender's document that of nobody.</summary>
        private byte[] LastChallenge { get; set; } = Keys.Filled(5, Limits.NonceBytes);

        private Bytes32 Hash => Cluster.Chain.State.Epochs[0].Hash;

        public byte[] Request(ulong epoch = 1, Bytes32? hash = null, byte[]? challenge = null)
        {
            using var ephemeral = Keys.Tee(99);
            challenge ??= Convert.FromBase64String(Cluster.Node(1).Parts!.Nonces.Issue());
            LastChallenge = challenge;
            var terms = new HandoverTerms(Cluster.Chain.Identity, Epoch.From(epoch), hash ?? Hash, Cluster.Wallet(2), Cluster.Wallet(1));
            byte[] document = Cluster.Odyns[1].Attest(new AttestationRequest(terms.Nonce(HandoverRole.Receiver, challenge), ephemeral.PublicKey));
            return new HandoverRequest(terms.Epoch, terms.Hash, Keys.Filled(3, 32), challenge, document).Encode();
        }

        public byte[]? Ask(out HandoverRefusal? refusal) => Send(Request(), out refusal);

        public byte[]? Send(byte[] body, out HandoverRefusal? refusal, int asker = 2)
        {
            var answer = Cluster.Loop.Await(
                () => Cluster.Node(1).Parts!.HandoverServer.HandleAsync(Cluster.Wallet(asker), body, default), TimeSpan.FromSeconds(30));
            refusal = answer.Failure;
            return answer.GetValueOrDefault();
        }

        public void Lie(ClusterOdyn odyn, string lie, bool onlyHandovers = false)
        {
            var other = new NitroIssuer(Keys.Filled(43, 32));
            var wallet = odyn.Identity.Wallet;
            string foreign = Views.Wallet(77).ToString();

            // The node's own attestation (with its long-lived key) stays honest.
            bool IsHonest() => onlyHandovers && odyn.LastAttested!.PublicKey!.Equals(odyn.Identity.TeePublicKey);
            odyn.Claims = claims =>
            {
                if (IsHonest())
                {
                    return claims;
                }

                var fields = claims.Fields;
                ReadOnlyMemory<byte> pcr = Keys.Filled((byte)(lie == "debug" ? 0 : lie == "measurement" ? 8 : 7), 48);
                return claims with
                {
                    Pcrs = [pcr, pcr, pcr],
                    Fields = lie switch
                    {
                        "another nonce" => fields with { Nonce = Keys.Filled(1, 32) },
                        "the bare challenge" => fields with { Nonce = LastChallenge },
                        "terms in user data only" => fields with { Nonce = LastChallenge, UserData = Json($$"""{"terms":"{{Hex.Encode(fields.Nonce.Span)}}","eth_addr":"{{wallet}}"}""") },
                        "role" => fields with { Nonce = Terms(wallet).Nonce(HandoverRole.Sender, Keys.Filled(3, 32)) },
                        "epoch" => fields with { Nonce = (Terms(wallet) with { Epoch = Epoch.From(2) }).Nonce(HandoverRole.Receiver, LastChallenge) },
                        "no user data" => fields with { UserData = default },
                        "another wallet" => fields with { UserData = Json($$"""{"eth_addr":"{{foreign}}"}""") },
                        "nested wallet" => fields with { UserData = Json($$"""{"a":{"eth_addr":"{{wallet}}"},"eth_addr":"{{foreign}}"}""") },
                        "nested wallet first" => fields with { UserData = Json($$"""{"a":[{"eth_addr":"{{foreign}}"}],"eth_addr":"{{wallet}}"}""") },
                        "wallet twice" => fields with { UserData = Json($$"""{"eth_addr":"{{wallet}}","eth_addr":"{{wallet}}"}""") },
                        "no key" => fields with { PublicKey = null },
                        "long-lived key" => fields with { PublicKey = odyn.Identity.TeePublicKey },
                        "another member's key" => fields with { PublicKey = Cluster.Odyns.First(one => one != odyn).Identity.TeePublicKey },
                        _ => fields,
                    },
                };
            };
            odyn.Documents = (claims, document) => IsHonest() ? document : lie switch
            {
                "truncated" => document[..^1],
                "another root" => other.Mint(claims),
                _ => document,
            };
        }

        private static byte[] Json(string text) => System.Text.Encoding.UTF8.GetBytes(text);

        private HandoverTerms Terms(WalletAddress attesting) =>
            new(Cluster.Chain.Identity, Epoch.From(1), Hash, attesting, Cluster.Wallet(attesting == Cluster.Wallet(1) ? 2 : 1));

        public void Dispose() => Cluster.Dispose();
    }
}
