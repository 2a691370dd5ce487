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
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.World;

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
        world.Receiver.Keys.Build = _supervisor with { HasBareUserData = hasBareUserData };
        world.Ask(out var refusal).ShouldNotBeNull();
        refusal.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_sender_refuses_a_receiver_whose_document_lies(string lie)
    {
        using var world = new World(_supervisor);
        world.Lie(world.Receiver.OdynFaults, 2, lie);
        world.Ask(out var refusal).ShouldBeNull();
        refusal.ShouldBeOneOf(
            HandoverRefusal.AttestationRefused, HandoverRefusal.WrongWallet, HandoverRefusal.WrongKey, HandoverRefusal.WrongMeasurement);
        world.Sim.Audit(1).ShouldContain(one => one.Kind == AuditKind.HandoverRefused);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_receiver_refuses_a_sender_whose_document_lies(string lie)
    {
        using var world = new World(_supervisor, startReceiver: false);
        world.Lie(world.Sim.Slot(1).OdynFaults, 1, lie, onlyHandovers: true);
        world.Sim.Start(2);
        world.Sim.RunFor(40);

        world.Sim.Node(2).IsReady.ShouldBeFalse();
        world.Sim.Parts(2).Secrets.Held.ShouldBeEmpty();
        world.Sim.Audit(2).ShouldContain(one => one.Kind == AuditKind.SecretNotReceived);
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
        world.Sim.RunFor((int)(Limits.NonceLifeMs / 1000) + 5);
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
        world.Sim.AutoMine = false;
        world.Sim.Slot(1).OdynFaults.Before = async call =>
        {
            if (call == nameof(IOdyn.AttestAsync))
            {
                world.Sim.Slot(1).OdynFaults.Before = null;
                TakeAway(world.Sim, how);
                await world.Sim.Sim.DelayAsync(TimeSpan.FromSeconds(4));
            }
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

    private static void TakeAway(TestWorld world, string how)
    {
        switch (how)
        {
            case "stopped":
                world.Send(new SimCall.SetInstanceStatus(InstanceId.From(2), InstanceStatus.Stopped));
                break;
            case "sender stopped":
                world.Send(new SimCall.SetInstanceStatus(InstanceId.From(1), InstanceStatus.Stopped));
                break;
            case "retired":
                world.Mine(state => state with
                {
                    Kms = state.Kms with { Epochs = [state.Kms.Epochs[0] with { Retired = true }] },
                });
                break;
            default:
                world.Send(new SimCall.SetVersionStatus(SimWorld.KmsApp, SimWorld.KmsVersion, VersionStatus.Deprecated));
                break;
        }
    }

    /// <summary>Node 1 holds epoch 1; node 2 is a member; the test speaks as node 2.</summary>
    private sealed class World : IDisposable
    {
        public World(SupervisorBuild supervisor, bool startReceiver = true)
        {
            Sim = new TestWorld(2, 1, supervisor: supervisor);
            Receiver = Sim.NewEnclave(2);
            Receiver.OdynFaults.KeyForm = supervisor.KeyForm;
            for (int number = 1; number <= 2; number++)
            {
                Sim.Keys(number).Build = supervisor;
                Sim.Slot(number).OdynFaults.KeyForm = supervisor.KeyForm;
            }

            Sim.Start(1);
            Sim.RunUntil(() => Sim.Node(1).IsReady, 60).ShouldBeTrue(Sim.Describe());
            if (startReceiver)
            {
                Sim.Start(2);
                Sim.RunUntil(Sim.AllReady, 60).ShouldBeTrue(Sim.Describe());
            }
        }

        public TestWorld Sim { get; }

        /// <summary>The enclave of node 2, as the test uses it.</summary>
        public TestEnclave Receiver { get; }

        /// <summary>Of the request that was made last; for a sender's document that of nobody.</summary>
        private byte[] LastChallenge { get; set; } = Keys.Filled(5, Limits.NonceBytes);

        private Bytes32 Hash => Sim.Contracts.Kms.Epochs[0].Hash;

        public byte[] Request(ulong epoch = 1, Bytes32? hash = null, byte[]? challenge = null)
        {
            using var ephemeral = Keys.Tee(99);
            challenge ??= Convert.FromBase64String(Sim.Parts(1).Nonces.Issue());
            LastChallenge = challenge;
            var terms = new HandoverTerms(SimWorld.ChainIdentity, Epoch.From(epoch), hash ?? Hash, Sim.Wallet(2), Sim.Wallet(1));
            byte[] document = Receiver.Attest(new AttestationRequest(terms.Nonce(HandoverRole.Receiver, challenge), ephemeral.PublicKey));
            return new HandoverRequest(terms.Epoch, terms.Hash, Keys.Filled(3, 32), challenge, document).Encode();
        }

        public byte[]? Ask(out HandoverRefusal? refusal) => Send(Request(), out refusal);

        public byte[]? Send(byte[] body, out HandoverRefusal? refusal, int asker = 2)
        {
            var answer = Sim.Await(() => Sim.Parts(1).HandoverServer.HandleAsync(Sim.Wallet(asker), body, default), 30);
            refusal = answer.Failure;
            return answer.GetValueOrDefault();
        }

        public void Lie(OdynFaults faults, int attesting, string lie, bool onlyHandovers = false)
        {
            var other = new NitroIssuer(Keys.Filled(43, 32));
            var identity = Sim.Keys(attesting).Identity;
            var wallet = identity.Wallet;
            string foreign = Views.Wallet(77).ToString();
            faults.Forges = (claims, mint) =>
            {
                var fields = claims.Fields;
                if (onlyHandovers && fields.PublicKey!.Equals(identity.TeePublicKey))
                {
                    // The node's own attestation (with its long-lived key) stays honest.
                    return mint(claims);
                }

                ReadOnlyMemory<byte> zero = new byte[48];
                claims = claims with
                {
                    Pcrs = lie == "debug" ? [zero, zero, zero] : lie == "measurement" ? SimHypervisor.Registers(8) : claims.Pcrs,
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
                        "long-lived key" => fields with { PublicKey = identity.TeePublicKey },
                        "another member's key" => fields with { PublicKey = Sim.Keys(3 - attesting).Identity.TeePublicKey },
                        _ => fields,
                    },
                };
                return lie switch
                {
                    "truncated" => mint(claims)[..^1],
                    "another root" => other.Mint(claims),
                    _ => mint(claims),
                };
            };
        }

        private static byte[] Json(string text) => System.Text.Encoding.UTF8.GetBytes(text);

        private HandoverTerms Terms(WalletAddress attesting) =>
            new(SimWorld.ChainIdentity, Epoch.From(1), Hash, attesting, Sim.Wallet(attesting == Sim.Wallet(1) ? 2 : 1));

        public void Dispose()
        {
            Receiver.Dispose();
            Sim.Dispose();
        }
    }
}
