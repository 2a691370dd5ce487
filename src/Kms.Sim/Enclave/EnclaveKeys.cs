using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Sim.Kernel;

namespace Kms.Sim.Enclave;

/// <summary>What an enclave makes at boot and loses at shutdown: a wallet and a P-384 key, here from the seed.</summary>
internal sealed class EnclaveKeys : IDisposable
{
    private const int MaxCachedPeers = 256;

    private readonly TeePrivateKey _tee;

    public EnclaveKeys(SimRandom random)
    {
        Wallet = EthereumPrivateKey.Import(random.Bytes(32), PreparedNonces.Shared);
        TeePrivateKey? tee;
        while (!TeePrivateKey.TryImport(random.Bytes(TeePrivateKey.ScalarBytes), out tee))
        {
            // Out of range once in 2^190 draws.
        }

        _tee = tee!;
        Exchange = new SealedExchange(_tee, MaxCachedPeers);
        Identity = new OdynIdentity(Wallet.Wallet, _tee.PublicKey);
    }

    public EthereumPrivateKey Wallet { get; }

    public SealedExchange Exchange { get; }

    public OdynIdentity Identity { get; }

    public void Dispose()
    {
        Exchange.Dispose();
        _tee.Dispose();
        Wallet.Dispose();
    }
}
