using System.Text;
using Kms.Core;
using Kms.Core.Audit;
using Kms.Core.Authentication;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Pipeline;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;
using Kms.Sim.Enclave;

namespace Kms.Properties.Node;

/// <summary>How a secret is hunted for among members that say nothing: side by side, within one budget, in the order of hope.</summary>
public sealed class FetchTests : IDisposable
{
    private readonly TestWorld _world = new(1, 1);
    private readonly TestEnclave _enclave;
    private readonly AuditLog _audit;
    private readonly HandoverClient _client;
    private readonly List<(string Host, string Target, TimeSpan At)> _asked = [];
    private readonly SilentTransport _transport;
    private readonly SecretRing _ring = new(Keys.Random(3));

    public FetchTests()
    {
        var clock = _world.Clock;
        var guard = TestErrors.Guard(clock);
        var chain = _world.NewChain();
        _enclave = _world.NewEnclave(1);
        var odyn = new BoundedOdyn(_enclave.Odyn, guard);
        var time = _world.NewTrustedTime();
        _transport = new SilentTransport(clock, (host, target) => _asked.Add((host, target, clock.Elapsed)));
        _audit = new AuditLog(clock, null);
        var dialer = new PeerDialer(_transport, guard, new Kms.Core.Network.AddressPolicy(_transport, [], false).PinAsync);
        var identity = _enclave.Identity;
        var heads = new ChainWatch(chain, clock, time, Limits.ChainStaleAfterMs, default);
        var policy = new HandoverPolicy(
            new Kms.Core.Attestation.AttestationVerifier(SimHypervisor.Shared.Root), time, new MembershipWatch(chain, heads, identity.Wallet, default));
        _client = new HandoverClient(
            chain.Identity, identity, odyn, Keys.Random(4), _ring, new PeerClient(dialer, odyn, time, Keys.Random(5), _ring, identity.Wallet),
            policy, clock, TestErrors.Of(clock), _audit);
    }

    public void Dispose()
    {
        _ring.Dispose();
        _enclave.Dispose();
        _world.Dispose();
    }

    [Fact]
    public void The_first_is_asked_at_once_and_another_each_hedge_until_the_budget_is_used_up()
    {
        var began = _world.Clock.Elapsed;
        Fetch(Peers(500)).ShouldBeFalse();

        long took = (long)(_world.Clock.Elapsed - began).TotalMilliseconds;
        took.ShouldBeInRange(Limits.FetchBudgetMs, Limits.FetchBudgetMs + 100);
        _asked.Count.ShouldBeInRange((int)(Limits.FetchBudgetMs / Limits.FetchHedgeMs) - 1, (int)(Limits.FetchBudgetMs / Limits.FetchHedgeMs) + 1);
        _asked[0].At.ShouldBe(began);
        _asked.Zip(_asked.Skip(1)).ShouldAllBe(pair => (pair.Second.At - pair.First.At).TotalMilliseconds <= Limits.FetchHedgeMs + 50);
        _asked.Select(one => one.Host).Distinct().Count().ShouldBe(_asked.Count, "each once");
    }

    [Fact]
    public void Members_that_refuse_at_once_are_gone_through_at_once_and_no_more_are_under_way_than_the_limit()
    {
        _transport.Refuses = true;
        var began = _world.Clock.Elapsed;
        Fetch(Peers(500)).ShouldBeFalse();
        _asked.Count.ShouldBe(500);
        (_world.Clock.Elapsed - began).ShouldBeLessThan(TimeSpan.FromMilliseconds(Limits.FetchBudgetMs));
        _transport.MostAtOnce.ShouldBeLessThanOrEqualTo(Limits.MaxFetchesAtOnce);
    }

    [Fact]
    public void Who_failed_last_is_asked_last_among_those_of_the_same_hope_and_silence_is_one_event()
    {
        var peers = Peers(120);
        Fetch(peers).ShouldBeFalse();
        var first = _asked.Select(one => one.Host).ToHashSet();
        _audit.Events.Count(one => one.Kind == AuditKind.SecretNotReceived).ShouldBe(1);
        _asked.Clear();
        Fetch(peers).ShouldBeFalse();
        _asked.Take(peers.Length - first.Count).ShouldAllBe(one => !first.Contains(one.Host));

        _asked.Clear();
        Fetch(peers, peer => peer == peers[77] ? 0 : 1).ShouldBeFalse();
        _asked[0].Host.ShouldBe("n77.example.com", "hope goes before history");
    }

    /// <summary>It may not have seen the block that we saw. Those that say nothing are what it would otherwise have to wait for.</summary>
    [Fact]
    public void Who_answers_that_it_hands_nothing_over_is_asked_again_while_others_say_nothing()
    {
        using var key = Kms.Core.Cryptography.EthereumPrivateKey.Import(Keys.Filled(99, 32));
        var peers = Peers(20);
        peers[0] = TestPeer.Of(peers[0].Instance with { Wallet = key.Wallet }, peers[0].Version, peers[0].AtLatest);
        _transport.Signs = ("n0.example.com", key);
        Fetch(peers).ShouldBeFalse();

        var asked = _asked.Where(one => one.Host == "n0.example.com" && one.Target == "/sync").Select(one => one.At).ToArray();
        asked.Length.ShouldBeInRange(5, (int)(Limits.FetchBudgetMs / Limits.FetchAgainMs));
        asked.Zip(asked.Skip(1)).ShouldAllBe(pair => (pair.Second - pair.First).TotalMilliseconds >= Limits.FetchAgainMs
            && (pair.Second - pair.First).TotalMilliseconds <= Limits.FetchAgainMs + Limits.FetchHedgeMs + 100);
        _asked.Where(one => one.Host != "n0.example.com").GroupBy(one => one.Host).ShouldAllBe(host => host.Count() == 1, "silence is asked once");

        _asked.Clear();
        var began = _world.Clock.Elapsed;
        Fetch(peers[..1]).ShouldBeFalse();
        (_world.Clock.Elapsed - began).TotalMilliseconds.ShouldBeLessThan(Limits.FetchAgainMs, "nobody keeps it waiting: the unit tries again");
    }

    /// <summary>Seed 82000091 of the simulator: somebody was to be asked again, and the loop went round without end inside the call that stops the node.</summary>
    [Fact]
    public async Task A_stop_ends_it_at_once_while_somebody_is_to_be_asked_again()
    {
        using var key = Kms.Core.Cryptography.EthereumPrivateKey.Import(Keys.Filled(99, 32));
        var peers = Peers(2);
        peers[0] = TestPeer.Of(peers[0].Instance with { Wallet = key.Wallet }, peers[0].Version, peers[0].AtLatest);
        _transport.Signs = ("n0.example.com", key);
        using var stop = new CancellationTokenSource();
        var fetching = _world.Do(() => _client.FetchAsync(Epoch.From(1), Views.Hash(1), peers, _ => 0, stop.Token));
        _world.RunFor(1);
        _asked.ShouldContain(one => one.Host == "n0.example.com" && one.Target == "/sync");

        // No time passes, and it ends.
        await Task.Run(() => _world.Do(stop.Cancel)).WaitAsync(TimeSpan.FromSeconds(20));
        fetching.IsCanceled.ShouldBeTrue();
    }

    private bool Fetch(VerifiedPeer[] from, Func<VerifiedPeer, int>? hope = null) => _world.Await(
        () => _client.FetchAsync(Epoch.From(1), Views.Hash(1), from, hope ?? (_ => 0), default), 300);

    private static VerifiedPeer[] Peers(int count) => [.. Enumerable.Range(0, count).Select(i =>
    {
        var record = Views.Operator(1);
        var instance = record.Instance! with
        {
            Wallet = WalletAddress.From([.. BitConverter.GetBytes(i), .. new byte[15], 1]),
            Url = $"https://n{i}.example.com",
        };
        return TestPeer.Of(instance, record.Version!, Views.Block(1));
    })];

    private sealed class SilentTransport(IClock clock, Action<string, string> asked) : ITransport
    {
        private int _underWay;

        public TransportRoute RouteTo(string host) => TransportRoute.Direct;

        public bool Refuses { get; set; }

        /// <summary>Answers with a refusal that its wallet signed.</summary>
        public (string Host, Kms.Core.Cryptography.EthereumPrivateKey Key)? Signs { get; set; }

        public int MostAtOnce { get; private set; }

        public Task<Result<IReadOnlyList<System.Net.IPAddress>, TransportFailure>> ResolveAsync(string host, CancellationToken cancel) =>
            Task.FromResult(Result<IReadOnlyList<System.Net.IPAddress>, TransportFailure>.Ok([System.Net.IPAddress.Parse("93.184.216.34")]));

        public async Task<Result<PeerResponse, TransportFailure>> SendAsync(Kms.Core.Ports.PinnedEndpoint endpoint, PeerRequest request, CancellationToken cancel)
        {
            asked(endpoint.Host, request.Target);
            MostAtOnce = Math.Max(MostAtOnce, ++_underWay);
            try
            {
                if (Signs is { } signer && signer.Host == endpoint.Host)
                {
                    await clock.DelayAsync(TimeSpan.FromMilliseconds(1), cancel);
                    return Result<PeerResponse, TransportFailure>.Ok(request.Target == "/nonce" ? Nonce : Refusal(request, signer.Key));
                }

                await clock.DelayAsync(Refuses ? TimeSpan.FromMilliseconds(1) : TimeSpan.FromDays(1), cancel);
                return Result<PeerResponse, TransportFailure>.Fail(TransportFailure.Unreachable, "refused");
            }
            finally
            {
                _underWay--;
            }
        }

        private static PeerResponse Nonce { get; } = new(200, [], Encoding.UTF8.GetBytes($$"""{"nonce":"{{Convert.ToBase64String(new byte[48])}}"}"""));

        private static PeerResponse Refusal(PeerRequest request, Kms.Core.Cryptography.EthereumPrivateKey key)
        {
            string proof = request.Headers.Single(header => header.Key == ProofScheme.Peer.SignatureHeader).Value;
            return new PeerResponse(503, [new(ResponseSigner.V2Header, key.SignMessage(ProofMessages.ResponseV2(proof, key.Wallet, 503, [])).ToString())], default);
        }
    }
}
