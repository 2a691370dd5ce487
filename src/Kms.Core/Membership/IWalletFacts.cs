using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>What the registry says of a wallet, block-pinned at the final and the latest head. Implemented by the registry cache.</summary>
internal interface IWalletFacts
{
    Task<ChainResult<TwoViews<WalletFacts>>> ReadWalletAsync(WalletAddress wallet, CancellationToken cancel);
}
