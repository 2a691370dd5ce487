using Kms.Core.Primitives;
using Kms.Sim.Enclave;

namespace Kms.Sim.Workload;

/// <summary>An app instance of another Nova app: a wallet and a key on the chain, and a client.</summary>
internal sealed record SimApp(int Index, AppId Id, InstanceId Instance, EnclaveKeys Keys)
{
    public WalletAddress Wallet => Keys.Identity.Wallet;

    /// <summary>Virtual time at which the chain showed that it has no rights any more.</summary>
    public TimeSpan? RevokedAt { get; set; }
}
