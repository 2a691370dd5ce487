using Kms.Adapters.Ethereum;
using Kms.Core.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kms.Hosting;

/// <summary>
/// Refuses a <see cref="NovaKmsOptions.FinalityTag"/> that the RPC never answers: with it the node would have no final view for ever. An
/// RPC that is not up yet is waited for; one that shows blocks has <see cref="Limits.FinalityTagPatienceMs"/> to show one of the tag.
/// </summary>
internal sealed class FinalityTagCheck(
    IChain chain, IClock clock, IOptions<NovaKmsOptions> options, IHostApplicationLifetime host, ILogger<FinalityTagCheck> log) : BackgroundService
{
    private volatile string? _problem;

    /// <summary>What is wrong with the tag, with advice; null while nothing is known to be.</summary>
    public string? Problem => _problem;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // An embedder's own chain has its own idea of what is final.
        if (chain is not EthereumChain ethereum || options.Value.FinalityTag is not { } tag)
        {
            return;
        }

        TimeSpan? missingSince = null;
        while (true)
        {
            var asked = await ethereum.AnswersFinalTagAsync(stoppingToken);
            bool isSaid = asked.TryGet(out bool isThere);
            if (isSaid && isThere)
            {
                return;
            }

            missingSince = isSaid ? missingSince ?? clock.Elapsed : null;
            if (clock.Elapsed - missingSince >= TimeSpan.FromMilliseconds(Limits.FinalityTagPatienceMs))
            {
                break;
            }

            await clock.DelayAsync(TimeSpan.FromMilliseconds(options.Value.HeadPollMs), stoppingToken);
        }

        _problem = $"FinalityTag={tag} is never answered by the RPC, which has shown blocks for {Limits.FinalityTagPatienceMs / 1000} s and no {tag} one: "
            + "a light client (Helios) of an OP-stack chain publishes none; leave FinalityTag out and give a FinalityDepth, or give the RpcUrl of a full node "
            + "(see docs/operations/finality.md)";
        log.LogCritical("{Problem}", _problem);
        host.StopApplication();
    }
}
