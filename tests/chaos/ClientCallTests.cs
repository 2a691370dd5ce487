using Kms.Client;
using Kms.Core.Registry;
using Kms.Sim.Chain;
using Kms.Sim.Checkers;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Chaos;

/// <summary>Single calls of the real client in a world that serves, each with one thing that goes wrong at the worst moment.</summary>
public sealed class ClientCallTests : IDisposable
{
    private static readonly WorldOptions Options = new()
    {
        Nodes = 3,
        ConfirmationTarget = 2,
        FinalityDepth = 2,
        BlockMs = 1_000,
        HeadPollMs = 2_000,
        TickMs = 6_000,
        Apps = 1,
        WorkloadMs = 0,
    };

    private readonly EventLoop _loop = new(new SimRandom(1));
    private readonly SimWorld _world;
    private readonly SdkClient _client;
    private readonly List<SdkCall> _calls = [];

    public ClientCallTests()
    {
        _world = new SimWorld(_loop, 1, Options, 0);
        _client = new SdkClient(_world, _world.Apps[0], new AppEnclave(_world, _world.Apps[0], new SimRandom(2)), first: 0, CancellationToken.None);
        _world.Workload.Concluded += _calls.Add;
        _ = new TheClientTellsTheTruth(_world);
        _world.Begin();
        Until(() => _world.Slots.All(slot => slot.Current?.Node.IsReady == true));
        // Who just started denies no key, and deletes none.
        _loop.Run(_loop.Now + TimeSpan.FromMinutes(1), static () => false, static () => { });
    }

    public void Dispose()
    {
        _world.Dispose();
        _loop.Dispose();
    }

    [Fact]
    public void Goes_on_to_the_next_node_when_one_is_cut_off()
    {
        int first = Call(client => client.DeriveAsync("path", epoch: null)).Taken!.Node!.Value;
        Cut(first, isCut: true);
        var put = Call(client => client.PutAsync("key", "value", quorum: false));

        put.IsDone.ShouldBeTrue();
        put.FailedOver.ShouldBeTrue();
        put.Taken!.Node.ShouldNotBe(first);
        put.Attempts.Count().ShouldBe(1, "a node that gives no challenge was not asked");
    }

    [Fact]
    public void A_plain_put_whose_answer_is_lost_is_of_unknown_outcome_and_sent_once()
    {
        LoseTheFirstAnswerTo("PUT");
        var put = Call(client => client.PutAsync("key", "value", quorum: false));

        put.Failure.ShouldBe(KmsFailure.OutcomeUnknown);
        put.Attempts.ShouldHaveSingleItem().WasCarriedOut.ShouldBeTrue();
        _world.Violation.ShouldBeNull();
    }

    [Fact]
    public void So_is_a_delete()
    {
        Call(client => client.PutAsync("key", "value", quorum: true)).IsDone.ShouldBeTrue();
        LoseTheFirstAnswerTo("DELETE");
        var delete = Call(client => client.DeleteAsync("key"));

        delete.Failure.ShouldBe(KmsFailure.OutcomeUnknown);
        delete.Attempts.ShouldHaveSingleItem().WasCarriedOut.ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12_000)]
    public void A_conditional_put_whose_answer_is_lost_is_sent_again_and_claims_nothing_that_is_not_so(int delayOfPushesMs)
    {
        Call(client => client.PutAsync("key", "old", quorum: true)).IsDone.ShouldBeTrue();
        for (int node = 0; node < Options.Nodes * Options.Nodes; node++)
        {
            _world.Network.LinkOf(SimNetwork.Lane(node / Options.Nodes), SimNetwork.Lane(node % Options.Nodes)).ExtraDelay = TimeSpan.FromMilliseconds(delayOfPushesMs);
        }

        LoseTheFirstAnswerTo("PUT");
        var replace = Call(client => client.ReplaceAsync("key", "new", quorum: false));

        replace.Attempts.Count().ShouldBeGreaterThan(1);
        replace.Attempts.First().WasCarriedOut.ShouldBeTrue();
        // Whoever is asked next has heard of the first attempt, which is then in the way of the second, or has not.
        (replace.IsDone || replace.Failure == KmsFailure.OutcomeUnknown).ShouldBeTrue($"{replace.Failure}");
    }

    [Fact]
    public void A_refusal_after_a_conditional_put_whose_answer_was_lost_does_not_deny_it()
    {
        Call(client => client.PutAsync("key", "old", quorum: true)).IsDone.ShouldBeTrue();
        LoseTheFirstAnswerTo("PUT", () => _world.Ledger.SubmitFromPlatform(
            new SimCall.SetInstanceStatus(_world.Apps[0].Instance, InstanceStatus.Stopped), _world.Owner));
        var replace = Call(client => client.ReplaceAsync("key", "new", quorum: false));

        replace.Attempts.Last().Status.ShouldBe(403);
        replace.Failure.ShouldBe(KmsFailure.OutcomeUnknown);
    }

    [Fact]
    public void A_host_that_answers_in_a_node_s_place_is_not_believed()
    {
        int first = Call(client => client.DeriveAsync("path", epoch: null)).Taken!.Node!.Value;
        _world.Slots[first].Manners.Forges = true;
        for (int i = 0; i < 12; i++)
        {
            var derive = Call(client => client.DeriveAsync("path", epoch: null));
            derive.IsDone.ShouldBeTrue();
            derive.Taken!.Node.ShouldNotBe(first);
        }

        Call(client => client.PutAsync("key", "value", quorum: false)).Failure.ShouldBe(KmsFailure.OutcomeUnknown);
        _world.Log.Sometimes["answer forged"].ShouldBeGreaterThan(12);
    }

    [Fact]
    public void An_address_that_a_name_must_not_have_is_not_dialled()
    {
        int first = Call(client => client.DeriveAsync("path", epoch: null)).Taken!.Node!.Value;
        var dialled = new List<System.Net.IPAddress?>();
        _world.Network.Dialled += (who, address) => dialled.AddRange(who == AppClient.Lane ? [address] : []);
        _world.Network.Dns.Rebind(_world.Slots[first].Host, SimDns.Hostile);
        for (int i = 0; i < 30; i++)
        {
            Call(client => client.DeriveAsync("path", epoch: null)).IsDone.ShouldBeTrue();
        }

        dialled.ShouldContain(_world.Slots[first].Address);
        dialled.ShouldContain(address => !address!.Equals(_world.Slots[first].Address));
        dialled.ShouldAllBe(address => _world.Network.Dns.IsKnown(address!));
    }

    [Fact]
    public void One_seed_gives_one_history()
    {
        using var other = new ClientCallTests();
        foreach (var test in new[] { this, other })
        {
            test.LoseTheFirstAnswerTo("PUT");
            test.Call(client => client.PutAsync("key", "value", quorum: false));
            test.Call(client => client.ReplaceAsync("key", "value 2", quorum: false));
        }

        other._world.Log.Hash().ShouldBe(_world.Log.Hash());
        other._calls.Select(static call => (call.What, call.Failure, call.Taken?.Node)).ShouldBe(_calls.Select(static call => (call.What, call.Failure, call.Taken?.Node)));
    }

    /// <returns>The last of what was called, when it is over.</returns>
    private SdkCall Call(Func<SdkClient, Task> ask)
    {
        bool isOver = false;
        _world.Spawn("test", async () =>
        {
            await ask(_client);
            isOver = true;
        });
        Until(() => isOver);
        _world.Violation.ShouldBeNull();
        return _calls[^1];
    }

    private void Until(Func<bool> condition)
    {
        _loop.Run(_loop.Now + TimeSpan.FromMinutes(5), condition, static () => { });
        condition().ShouldBeTrue("five minutes were not enough");
    }

    private void Cut(int node, bool isCut)
    {
        _world.Network.LinkOf(AppClient.Lane, SimNetwork.Lane(node)).IsCut = isCut;
        _world.Network.LinkOf(SimNetwork.Lane(node), AppClient.Lane).IsCut = isCut;
    }

    private void LoseTheFirstAnswerTo(string method, Action? then = null)
    {
        bool struck = false;
        _world.Network.ResponseSeen += (message, response) =>
        {
            if (!struck && message.Request.Method == method && response.Status == 200)
            {
                struck = true;
                Cut(message.To, isCut: true);
                then?.Invoke();
            }
        };
    }
}
