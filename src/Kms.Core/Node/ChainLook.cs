using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>Reads heads and membership, and the registry's records of this very node.</summary>
internal sealed class ChainLook(ChainWatch heads, MembershipWatch membership, RegistryCache cache, WalletAddress self, Settlement settlement)
{
    public async Task RunAsync()
    {
        await heads.RefreshAsync();
        await membership.CurrentAsync();

        // A member is on the list, with its records in the view. Who is not on it has to be asked for.
        bool isListed = membership.Known is { } view
            && view.AtFinal.Operators.Any(one => one.Wallet == self) && view.AtLatest.Operators.Any(one => one.Wallet == self);
        settlement.NoteSelf(!isListed && (await cache.ReadWalletAsync(self, CancellationToken.None)).TryGet(out var facts) ? facts : null);
    }
}
