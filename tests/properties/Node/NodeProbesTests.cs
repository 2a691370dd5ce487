using System.Net;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Network;
using Kms.Core.Node.Peers;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>Finding L8, and the bound of probing.</summary>
public sealed class NodeProbesTests
{
    private readonly ManualClock _clock = new();
    private readonly HashSet<string> _dialled = [];

    [Fact]
    public async Task Silent_peers_cost_their_time_limit_together_and_not_each()
    {
        var probes = Probes();
        VerifiedPeer[] members = [.. Enumerable.Range(2, Limits.MaxProbesAtOnce).Select(TestPeer.Of)];

        var probing = probes.RunAsync(members, default);
        _dialled.Count.ShouldBe(Limits.MaxProbesAtOnce, "all at once");
        _clock.AdvanceMs(Limits.PeerTimeoutMs - 1);
        probing.IsCompleted.ShouldBeFalse();
        _clock.AdvanceMs(1);

        await probing.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Of_more_members_than_the_bound_those_wait_that_were_probed_last_and_the_own_wallet_is_never_dialled()
    {
        var probes = Probes();
        VerifiedPeer[] members = [.. Enumerable.Range(1, Limits.MaxProbesAtOnce + 3).Select(TestPeer.Of)];
        await RunAsync(probes, members);
        var first = _dialled.ToArray();
        first.Length.ShouldBe(Limits.MaxProbesAtOnce);

        await RunAsync(probes, members);
        _dialled.Count.ShouldBe(Limits.MaxProbesAtOnce + 2, "the rest, and nobody again before the interval is over");
        _dialled.ShouldNotContain(TestPeer.Of(1).Instance.Url);

        _dialled.Clear();
        _clock.AdvanceMs(Limits.ProbeIntervalMs);
        await RunAsync(probes, members);
        _dialled.ShouldBe(first, ignoreOrder: true);
    }

    [Fact]
    public async Task A_status_is_heard_up_to_its_limit_of_bytes()
    {
        var (at, over) = (TestPeer.Of(2), TestPeer.Of(3));
        var transport = new FakeTransport(TransportRoute.Direct)
        {
            Answers = endpoint => new PeerResponse(200, [], new byte[Limits.MaxStatusAnswerBytes + (endpoint.Host == over.Instance.Url ? 1 : 0)]),
        };
        var dialer = new PeerDialer(
            transport, TestErrors.Guard(_clock), (url, _) => Task.FromResult(Result<PinnedEndpoint, AddressRefusal>.Ok(new PinnedEndpoint.Direct("https", url, 443, IPAddress.Loopback))));
        var probes = new NodeProbes(dialer, _clock, TestErrors.Of(_clock), TestPeer.Of(1).Wallet);

        await probes.RunAsync([over, at], default);

        probes.HopeOf(at).ShouldBeLessThan(probes.HopeOf(over));
    }

    private async Task RunAsync(NodeProbes probes, VerifiedPeer[] members)
    {
        var probing = probes.RunAsync(members, default);
        _clock.AdvanceMs(Limits.PeerTimeoutMs);
        await probing.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private NodeProbes Probes()
    {
        async Task<Result<PinnedEndpoint, AddressRefusal>> NeverAsync(string url, CancellationToken cancel)
        {
            _dialled.Add(url);
            await _clock.DelayAsync(TimeSpan.FromDays(1), cancel);
            return Result<PinnedEndpoint, AddressRefusal>.Fail(AddressRefusal.Unresolved);
        }

        return new NodeProbes(
            new PeerDialer(new FakeTransport(TransportRoute.Direct), TestErrors.Guard(_clock), NeverAsync), _clock, TestErrors.Of(_clock), TestPeer.Of(1).Wallet);
    }
}
