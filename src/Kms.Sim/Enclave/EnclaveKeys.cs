using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Devnet.Odyn;
using Kms.Sim.Kernel;

namespace Kms.Sim.Enclave;

/// <summary>What an enclave makes at boot and loses at shutdown: a wallet and a P-384 key, here from the seed.</summary>
internal sealed class EnclaveKeys : IDisposable
{
    private const int MaxCachedPeers = 256;

    private readonly TeePrivateKey _tee;

    /// <param name="build">The supervisor beside it: apps and nodes of one world have the same, or no envelope opens.</param>
    /// <param name="signer">Null: signatures cost a simulation next to nothing.</param>
    public EnclaveKeys(SimRandom random, SupervisorBuild build, ISecp256k1? signer = null)
    {
        // Old builds write the wallet bare; the form of keys is drawn for each document.
        Build = build with { HasBareUserData = random.Fork("user data").Chance(0.3) };
        Wallet = EthereumPrivateKey.Import(random.Bytes(32), signer ?? PreparedNonces.Shared);
        TeePrivateKey? tee;
        while (!TeePrivateKey.TryImport(random.Bytes(TeePrivateKey.ScalarBytes), out tee))
        {
            // Out of range once in 2^190 draws.
        }

        _tee = tee!;
        Ecies = new Ecies(_tee, MaxCachedPeers, build.Envelopes);
        Identity = new OdynIdentity(Wallet.Wallet, _tee.PublicKey);
    }

    public SupervisorBuild Build { get; set; }

    public EthereumPrivateKey Wallet { get; }

    public Ecies Ecies { get; }

    public OdynIdentity Identity { get; }

    public void Dispose()
    {
        Ecies.Dispose();
        _tee.Dispose();
        Wallet.Dispose();
    }
}
