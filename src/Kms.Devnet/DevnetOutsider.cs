using Kms.Core.Registry;
using Kms.Devnet.Chain;
using Kms.Devnet.Odyn;

namespace Kms.Devnet;

/// <summary>A simulated enclave that is registered as a node, for a node in another process. Disposing it marks the instance as failed.</summary>
internal sealed class DevnetOutsider(OdynEmulator odyn, DevnetContracts contracts, InstanceId instance) : IAsyncDisposable
{
    public Uri OdynUrl => odyn.Url;

    public WalletAddress Wallet => odyn.Enclave.Wallet;

    public async ValueTask DisposeAsync()
    {
        await contracts.SetInstanceStatusAsync(instance, InstanceStatus.Failed, CancellationToken.None);
        await odyn.DisposeAsync();
    }
}
