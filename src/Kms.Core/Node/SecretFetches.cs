using Kms.Core.Node.Handover;
using Kms.Core.Node.Peers;
using Kms.Core.Secrets;

namespace Kms.Core.Node;

/// <summary>Fetches what is missing of the next epoch, or of those that are active already: apart, so that none waits for the others.</summary>
internal sealed class SecretFetches(Settlement settlement, HandoverClient handovers, NodeProbes probes)
{
    /// <param name="received">Called after each secret that came.</param>
    /// <returns>False when something could not be had.</returns>
    public async Task<bool> RunAsync(bool isNext, Action received, CancellationToken stop)
    {
        bool complete = true;
        foreach (var fetch in Missing(isNext))
        {
            // Asked again before each: the one before took its time.
            if (!Missing(isNext).Any(one => one.Epoch == fetch.Epoch && one.Hash == fetch.Hash))
            {
                continue;
            }

            bool came = await handovers.FetchAsync(fetch.Epoch, fetch.Hash, fetch.From, probes.HopeOf, stop);
            complete &= came;
            if (came)
            {
                settlement.Settle();
                received();
            }
        }

        return complete;
    }

    private IEnumerable<SecretDecision.Fetch> Missing(bool isNext) => settlement.MayAct(out var view)
        ? settlement.Decide(view).OfType<SecretDecision.Fetch>().Where(fetch => fetch.IsNext == isNext)
        : [];
}
