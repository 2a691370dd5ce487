using System.Collections.Immutable;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>Lists as contracts keep them.</summary>
internal static class SwapRemoval
{
    /// <summary>The list without a wallet, whose place the last one takes; the same list if it is not there.</summary>
    public static ImmutableArray<WalletAddress> WithoutSwapped(this ImmutableArray<WalletAddress> list, WalletAddress wallet) =>
        list.IndexOf(wallet) is var index and >= 0 ? list.SetItem(index, list[^1]).RemoveAt(list.Length - 1) : list;
}
