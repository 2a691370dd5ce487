using System.Text.Json.Nodes;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Hosting;
using Kms.Integration.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Kms.Integration.Hosting;

/// <summary>A finality tag that the RPC never answers ends the start with advice; one that it answers late, or an RPC that is late, does not.</summary>
public sealed class FinalityTagCheckTests
{
    private const string Block = """{"number":"0x5","hash":"0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","timestamp":"0x1"}""";

    [Theory]
    [InlineData("safe", 300)]
    [InlineData("finalized", 1800)]
    public async Task A_tag_that_is_null_for_its_patience_is_refused_with_advice(string tag, int depth)
    {
        var clock = new QuickClock();
        await using var rpc = Rpc(_ => true, _ => null);
        await using var host = await StartAsync(rpc.Url, clock, $"FinalityTag={tag}", $"FinalityDepth={depth}");

        var error = await Should.ThrowAsync<OptionsValidationException>(() => host.RunAsync(default));
        error.Failures.ShouldHaveSingleItem().ShouldContain($"FinalityTag={tag} is never answered by the RPC");
        error.Failures.Single().ShouldContain("leave FinalityTag out and give a FinalityDepth");
        clock.Elapsed.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(Limits.FinalityTagPatienceMs));
    }

    [Fact]
    public async Task A_tag_that_comes_within_its_patience_and_an_Rpc_that_is_not_up_are_waited_for()
    {
        // Down for ten times the patience; null, down again, and null again, each for less than the patience; then there.
        const int Patience = (int)(Limits.FinalityTagPatienceMs / Limits.HeadPollMs);
        await using var rpc = Rpc(
            look => look > 10 * Patience && look != (11 * Patience) - 1,
            look => look < (12 * Patience) - 4 ? null : Block);
        var (problem, looks) = await CheckAsync(rpc, "safe");

        problem.ShouldBeNull();
        looks.ShouldBe((12 * Patience) - 4);
    }

    [Fact]
    public async Task A_tag_has_its_patience_and_not_a_look_more()
    {
        await using var rpc = Rpc(_ => true, _ => null);
        var (problem, looks) = await CheckAsync(rpc, "finalized");

        problem.ShouldNotBeNull();
        looks.ShouldBe((int)(Limits.FinalityTagPatienceMs / Limits.HeadPollMs) + 1);
    }

    [Fact]
    public async Task A_depth_asks_for_no_tag()
    {
        await using var rpc = Rpc(_ => true, _ => null);
        (await CheckAsync(rpc, null)).ShouldBe((null, 0));
    }

    /// <summary>The check by itself: nobody else moves its clock.</summary>
    private static async Task<(string? Problem, int Looks)> CheckAsync(RawServer rpc, string? tag)
    {
        FinalityRule rule = tag is null ? new FinalityRule.Depth(64) : new FinalityRule.Tag(tag);
        using var chain = new EthereumChain(new EthereumChainOptions([rpc.Url], new ChainIdentity(31337, Registries.Wallet(1)), rule));
        var host = new Lifetime();
        using var check = new FinalityTagCheck(
            chain, new QuickClock(), Options.Create(new NovaKmsOptions { FinalityTag = tag }), host, NullLogger<FinalityTagCheck>.Instance);
        await check.StartAsync(default);
        await check.ExecuteTask!;
        host.IsStopped.ShouldBe(check.Problem is not null);
        return (check.Problem, rpc.Requests.Count);
    }

    private static Task<NodeHost> StartAsync(Uri rpc, IClock clock, params string[] settings) => NodeHost.CreateAsync(
        "http://127.0.0.1:0",
        configFile: null,
        ["ChainId=31337", "KmsRegistry=0x00000000000000000000000000000000000000aa", $"RpcUrl={rpc.GetLeftPart(UriPartial.Authority)}", "OdynUrl=http://127.0.0.1:1", .. settings],
        services => services.AddSingleton(clock));

    /// <param name="isUp">By the number of the look: whether there is a latest block.</param>
    /// <param name="tagged">The block of the tag; null for null.</param>
    private static RawServer Rpc(Func<int, bool> isUp, Func<int, string?> tagged)
    {
        int look = 0;
        bool up = false;
        return RawServer.Json(request =>
        {
            var answers = JsonNode.Parse(request.Text)!.AsArray().Select(call =>
            {
                string id = call!["id"]!.ToJsonString();
                string method = call["method"]!.GetValue<string>();
                string? block = method == "eth_getBlockByNumber" ? call["params"]![0]!.GetValue<string>() : null;
                if (block == "latest")
                {
                    up = isUp(++look);
                }

                string answer = method == "eth_chainId" ? "\"result\":\"0x7a69\""
                    : block == "latest" && !up ? """
                      "error":{"code":1,"message":"out of sync: 1700000000 seconds behind"}
                      """
                    : $"\"result\":{(block == "latest" ? Block : tagged(look) ?? "null")}";
                return $$"""{"jsonrpc":"2.0","id":{{id}},{{answer}}}""";
            });
            return $"[{string.Join(',', answers)}]";
        });
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public bool IsStopped { get; private set; }

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => IsStopped = true;
    }

    /// <summary>Hours in moments: a delay takes as good as no time and moves the clock by all of it.</summary>
    private sealed class QuickClock : IClock
    {
        private long _ticks;

        public DateTimeOffset UtcNow => DateTimeOffset.UnixEpoch + Elapsed;

        public TimeSpan Elapsed => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

        public async Task DelayAsync(TimeSpan duration, CancellationToken cancel)
        {
            await Task.Delay(1, cancel);
            Interlocked.Add(ref _ticks, duration.Ticks);
        }
    }
}
