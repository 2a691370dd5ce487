using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Properties.Fakes;

/// <summary>A registry whose facts the test sets, at each view.</summary>
internal sealed class FakeWalletFacts : IWalletFacts
{
    public static readonly BlockRef Final = new(100, Bytes32.From(Cryptography.Keys.Filled(1, 32)), 1_700_000_000);
    public static readonly BlockRef Latest = new(102, Bytes32.From(Cryptography.Keys.Filled(2, 32)), 1_700_000_004);

    private readonly Dictionary<WalletAddress, TwoViews<WalletFacts>> _facts = [];

    public ChainFailure? Fails { get; set; }

    public int Reads { get; private set; }

    public Func<Task>? BeforeRead { get; set; }

    public async Task<Result<TwoViews<WalletFacts>, ChainFailure>> ReadWalletAsync(WalletAddress wallet, CancellationToken cancel)
    {
        Reads++;
        if (BeforeRead is { } before)
        {
            await before();
        }

        return Fails is { } failure
            ? Result<TwoViews<WalletFacts>, ChainFailure>.Fail(failure, "told to")
            : Result<TwoViews<WalletFacts>, ChainFailure>.Ok(_facts.TryGetValue(wallet, out var found) ? found : Unknown(wallet));
    }

    public void Set(WalletFacts atBoth) => Set(atBoth, atBoth);

    public void Set(WalletFacts final, WalletFacts latest) =>
        _facts[latest.Wallet] = new(final with { At = Final }, latest with { At = Latest });

    public static TwoViews<WalletFacts> Unknown(WalletAddress wallet) =>
        new(new WalletFacts(Final, wallet, null, null, null), new WalletFacts(Latest, wallet, null, null, null));

    /// <summary>An app instance to which nothing is wrong.</summary>
    public static WalletFacts Good(WalletAddress wallet, TeePublicKey teeKey, ulong app)
    {
        var id = AppId.From(app);
        var version = VersionId.From(3);
        return new WalletFacts(
            Latest,
            wallet,
            new InstanceRecord(InstanceId.From(app * 10), id, version, wallet, teeKey, "https://app.example.com", ZkVerified: true, InstanceStatus.Active),
            new VersionRecord(id, version, VersionStatus.Enrolled, Bytes32.From(Cryptography.Keys.Filled(7, 32))),
            new AppRecord(id, AppStatus.Active));
    }
}
