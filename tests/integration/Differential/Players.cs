using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;

namespace Kms.Integration.Differential;

/// <summary>Who acts: made from the seed, so that a run repeats.</summary>
internal sealed class Players : IDisposable
{
    private const int Operators = 14;
    private readonly EthereumPrivateKey[] _keys;

    public Players(SimRandom random)
    {
        _keys = [.. Enumerable.Range(0, Operators).Select(_ => EthereumPrivateKey.Import([0, .. random.Bytes(31)]))];
        Wallets = [.. _keys.Select(static key => key.Wallet)];
        Owners = [Plain(random), Plain(random)];
        Guardians = [Plain(random), Plain(random)];
        Stranger = Plain(random);
        OtherRegistry = Plain(random);
        Platform = Plain(random);
        Measurements = [.. Enumerable.Range(0, 20).Select(_ => Bytes32.From(random.Bytes(Bytes32.Size)))];
    }

    /// <summary>Wallets of nodes, which may register.</summary>
    public IReadOnlyList<WalletAddress> Wallets { get; }

    public IReadOnlyList<WalletAddress> Owners { get; }

    public IReadOnlyList<WalletAddress> Guardians { get; }

    /// <summary>Nobody to KMSRegistry; owns the platform's apps.</summary>
    public WalletAddress Stranger { get; }

    /// <summary>Owns the platform's registry.</summary>
    public WalletAddress Platform { get; }

    /// <summary>An account without code that may become the app registry: it answers nothing, and can call back.</summary>
    public WalletAddress OtherRegistry { get; }

    public IReadOnlyList<Bytes32> Measurements { get; }

    public IReadOnlyList<WalletAddress> Everyone => [.. Wallets, .. Owners, .. Guardians, Stranger, Platform, OtherRegistry];

    public byte[] Sign(WalletAddress wallet, string text) => _keys.First(key => key.Wallet == wallet).SignMessage(text).Bytes.ToArray();

    public void Dispose()
    {
        foreach (var key in _keys)
        {
            key.Dispose();
        }
    }

    private static WalletAddress Plain(SimRandom random) => WalletAddress.From(random.Bytes(WalletAddress.Size));
}
