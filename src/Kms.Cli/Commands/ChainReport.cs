using Kms.Adapters.Ethereum;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Cli.Commands;

/// <summary>The registry at both views, and what a node makes of each wallet in it.</summary>
/// <param name="AtFinal">Null when it cannot be read: KMSRegistry may be younger than the final block. Nobody is a member then.</param>
/// <param name="Unlisted">Wallets of the platform's active instances that are not on the operator list; null when it serves no such list.</param>
internal sealed record ChainReport(
    BlockRef Final, RegistrySnapshot? AtFinal, RegistrySnapshot AtLatest, IReadOnlyList<OperatorStanding> Operators, IReadOnlyList<UnlistedInstance>? Unlisted)
{
    /// <summary>Reads the registry; fails only where the latest view cannot be read.</summary>
    public static async Task<Result<ChainReport, ChainFailure>> ReadAsync(EthereumChain chain, CancellationToken cancel)
    {
        var final = await chain.GetHeadAsync(Finality.Final, cancel);
        var latest = await chain.GetHeadAsync(Finality.Latest, cancel);
        if (!final.TryGet(out var finalHead))
        {
            return final.As<ChainReport>();
        }

        if (!latest.TryGet(out var latestHead))
        {
            return latest.As<ChainReport>();
        }

        // We are no operator; the registry's own address is a wallet that has neither confirmed nor proposed.
        var self = chain.Identity.KmsRegistry;
        var read = await chain.ReadRegistryAsync(latestHead, self, cancel);
        if (!read.TryGet(out var atLatest))
        {
            return read.As<ChainReport>();
        }

        var atFinal = (await chain.ReadRegistryAsync(finalHead, self, cancel)).TryGet(out var older) ? older : null;
        var active = await ActiveAsync(chain, atLatest, cancel);
        var unlisted = await UnlistedAsync(chain, atLatest, active ?? [], cancel);
        var operators = atLatest.Operators.Concat(atFinal?.Operators ?? []).DistinctBy(static one => one.Wallet);
        return unlisted.TryGet(out var found)
            ? Result<ChainReport, ChainFailure>.Ok(new ChainReport(
                finalHead,
                atFinal,
                atLatest,
                [.. operators.Select(one => OperatorStanding.Of(one, atFinal, atLatest, active))],
                active is null ? null : found))
            : unlisted.As<ChainReport>();
    }

    private static async Task<IReadOnlyList<WalletAddress>?> ActiveAsync(EthereumChain chain, RegistrySnapshot atLatest, CancellationToken cancel) =>
        atLatest.Kms.KmsApp is { } app && (await chain.ReadActiveInstancesAsync(atLatest.At, app, cancel)).TryGet(out var active) ? active : null;

    private static async Task<Result<IReadOnlyList<UnlistedInstance>, ChainFailure>> UnlistedAsync(
        EthereumChain chain, RegistrySnapshot atLatest, IReadOnlyList<WalletAddress> active, CancellationToken cancel)
    {
        var found = new List<UnlistedInstance>();
        foreach (var wallet in active.Except(atLatest.Operators.Select(static one => one.Wallet)))
        {
            var read = await chain.ReadWalletAsync(atLatest.At, wallet, cancel);
            if (!read.TryGet(out var facts))
            {
                return read.As<IReadOnlyList<UnlistedInstance>>();
            }

            found.Add(new UnlistedInstance(facts, PeerAuthorizer.IsMemberButForTheList(atLatest, facts, wallet)));
        }

        return Result<IReadOnlyList<UnlistedInstance>, ChainFailure>.Ok(found);
    }
}
