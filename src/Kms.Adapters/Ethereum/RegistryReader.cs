using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Adapters.Ethereum;

/// <summary>Reads both registries at a pinned block. A membership refresh is at most three HTTP requests.</summary>
internal sealed class RegistryReader(PinnedReader reader, WalletAddress kmsRegistry)
{
    // What the last read found, used as a guess that the same read confirms: it saves a request, never a check.
    private volatile Guess? _guess;

    public async Task<Result<RegistrySnapshot, ChainFailure>> ReadRegistryAsync(BlockRef at, WalletAddress self, CancellationToken cancel)
    {
        var guess = _guess;
        List<PinnedCall> first =
        [
            Kms(AbiCalls.NodeState()),
            Kms(AbiCalls.EpochsPage(1, Limits.MaxEpochs)),
            Kms(AbiCalls.GetOperators()),
            Kms(AbiCalls.BarredUntil(self)),
        ];
        if (guess?.App is { } guessedApp)
        {
            first.Add(PinnedCall.EthCall(guess.Registry, AbiCalls.GetApp(guessedApp)));
            first.Add(PinnedCall.EthCall(guess.Registry, AbiCalls.GetActiveInstances(guessedApp)));
        }

        var read = await ReadDataAsync(at, first, cancel);
        if (!read.TryGet(out var data))
        {
            return read.As<RegistrySnapshot>();
        }

        if (!AbiAnswers.TryNodeState(data[0], out var state) || state.AppRegistry is not { } appRegistry)
        {
            return Malformed<RegistrySnapshot>("nodeState()");
        }

        if (!AbiAnswers.TryEpochs(data[1], state.EpochCount, out var epochs))
        {
            return Malformed<RegistrySnapshot>("epochsPage()");
        }

        if (!AbiAnswers.TryWallets(data[2], Limits.MaxOperators, out var operators))
        {
            return Malformed<RegistrySnapshot>("getOperators()");
        }

        if (!AbiAnswers.TryBarredUntil(data[3], out ulong barredUntil))
        {
            return Malformed<RegistrySnapshot>("barredUntil()");
        }

        var app = state.KmsApp is null ? KmsAppFacts.None : null;
        if (guess == new Guess(appRegistry, state.KmsApp) && state.KmsApp is { } same)
        {
            var decoded = KmsAppFacts.Decode(data.AsSpan(4), same, operators);
            if (!decoded.TryGet(out app))
            {
                return decoded.As<RegistrySnapshot>();
            }
        }

        _guess = new Guess(appRegistry, state.KmsApp);
        var instances = await ReadInstancesAsync(at, state, appRegistry, operators, self, app, cancel);
        if (!instances.TryGet(out var second))
        {
            return instances.As<RegistrySnapshot>();
        }

        // Asked together with the instances, or, by a read whose guess was wrong, together with the versions.
        WalletAddress[] late = app is null ? second.App.Unlisted : [];
        var listed = second.Instances.OfType<InstanceRecord>().Select(static instance => (instance.App, instance.Version)).Distinct().ToArray();
        var rest = await ReadVersionsAsync(at, appRegistry, listed, late, cancel);
        if (!rest.TryGet(out var third))
        {
            return rest.As<RegistrySnapshot>();
        }

        var records = operators.Select((wallet, i) => new OperatorRecord(
            wallet,
            second.Instances[i],
            second.Instances[i] is { } instance ? third.Versions[(instance.App, instance.Version)] : null));
        return Result<RegistrySnapshot, ChainFailure>.Ok(new RegistrySnapshot(
            at,
            state.With(epochs),
            second.App.Record,
            [.. records],
            [.. second.Unlisted.Concat(third.Unlisted).OfType<InstanceRecord>()],
            new SelfRecord(second.HasConfirmed, barredUntil)));
    }

    public async Task<Result<WalletFacts, ChainFailure>> ReadWalletAsync(BlockRef at, WalletAddress wallet, CancellationToken cancel)
    {
        var found = await ReadInAppRegistryAsync(at, registry => PinnedCall.EthCall(registry, AbiCalls.GetInstanceByWallet(wallet)), cancel);
        if (!found.TryGet(out var answer))
        {
            return found.As<WalletFacts>();
        }

        var data = Data(answer.Value);
        if (!data.TryGet(out var bytes))
        {
            return data.As<WalletFacts>();
        }

        if (!AbiAnswers.TryInstance(bytes, wallet, out var instance))
        {
            return Malformed<WalletFacts>("getInstanceByWallet()");
        }

        if (instance is null)
        {
            return Result<WalletFacts, ChainFailure>.Ok(new WalletFacts(at, wallet, null, null, null));
        }

        var read = await ReadDataAsync(
            at,
            [
                PinnedCall.EthCall(answer.Registry, AbiCalls.GetVersion(instance.App, instance.Version)),
                PinnedCall.EthCall(answer.Registry, AbiCalls.GetApp(instance.App)),
            ],
            cancel);
        if (!read.TryGet(out var second))
        {
            return read.As<WalletFacts>();
        }

        if (!AbiAnswers.TryVersion(second[0], instance.App, instance.Version, out var version))
        {
            return Malformed<WalletFacts>("getVersion()");
        }

        return AbiAnswers.TryApp(second[1], instance.App, out var app)
            ? Result<WalletFacts, ChainFailure>.Ok(new WalletFacts(at, wallet, instance, version, app))
            : Malformed<WalletFacts>("getApp()");
    }

    public async Task<Result<IReadOnlyList<WalletAddress>, ChainFailure>> ReadActiveInstancesAsync(BlockRef at, AppId app, CancellationToken cancel)
    {
        var found = await ReadInAppRegistryAsync(at, registry => PinnedCall.EthCall(registry, AbiCalls.GetActiveInstances(app)), cancel);
        if (!found.TryGet(out var answer))
        {
            return found.As<IReadOnlyList<WalletAddress>>();
        }

        var data = Data(answer.Value);
        return !data.TryGet(out var bytes) ? data.As<IReadOnlyList<WalletAddress>>()
            : AbiAnswers.TryWallets(bytes, Limits.MaxActiveInstances, out var wallets) ? Result<IReadOnlyList<WalletAddress>, ChainFailure>.Ok(wallets)
            : Malformed<IReadOnlyList<WalletAddress>>("getActiveInstances()");
    }

    public async Task<Result<Bytes32, ChainFailure>> ReadAppRegistryRootAsync(BlockRef at, CancellationToken cancel)
    {
        var found = await ReadInAppRegistryAsync(at, PinnedCall.StorageRoot, cancel);
        if (!found.TryGet(out var answer))
        {
            return found.As<Bytes32>();
        }

        if (answer.Value.Error is { } error)
        {
            return Result<Bytes32, ChainFailure>.Fail(error.IsUnsupported ? ChainFailure.Unsupported : ChainFailure.Unavailable, $"eth_getProof: {error}");
        }

        return RpcJson.TryHash(answer.Value.Result["storageHash"], out var root)
            ? Result<Bytes32, ChainFailure>.Ok(root)
            : Malformed<Bytes32>("eth_getProof");
    }

    private async Task<Result<Second, ChainFailure>> ReadInstancesAsync(
        BlockRef at,
        NodeState state,
        WalletAddress appRegistry,
        IReadOnlyList<WalletAddress> operators,
        WalletAddress self,
        KmsAppFacts? app,
        CancellationToken cancel)
    {
        WalletAddress[] wallets = [.. operators, .. app?.Unlisted ?? []];
        var calls = wallets.Select(wallet => PinnedCall.EthCall(appRegistry, AbiCalls.GetInstanceByWallet(wallet))).ToList();
        if (state.Proposal is { } proposal)
        {
            calls.Add(Kms(AbiCalls.HasConfirmed(proposal.Id, self)));
        }

        if (app is null)
        {
            calls.Add(PinnedCall.EthCall(appRegistry, AbiCalls.GetApp(state.KmsApp!.Value)));
            calls.Add(PinnedCall.EthCall(appRegistry, AbiCalls.GetActiveInstances(state.KmsApp.Value)));
        }

        var read = await ReadDataAsync(at, calls, cancel);
        if (!read.TryGet(out var data))
        {
            return read.As<Second>();
        }

        if (!TryInstances(data, wallets, out var instances))
        {
            return Malformed<Second>("getInstanceByWallet()");
        }

        int next = wallets.Length;
        bool hasConfirmed = false;
        if (state.Proposal is not null && !AbiAnswers.TryHasConfirmed(data[next++], out hasConfirmed))
        {
            return Malformed<Second>("hasConfirmed()");
        }

        if (app is null)
        {
            var decoded = KmsAppFacts.Decode(data.AsSpan(next), state.KmsApp!.Value, operators);
            if (!decoded.TryGet(out app))
            {
                return decoded.As<Second>();
            }
        }

        return Result<Second, ChainFailure>.Ok(new Second(instances[..operators.Count], instances[operators.Count..], hasConfirmed, app));
    }

    private async Task<Result<Third, ChainFailure>> ReadVersionsAsync(
        BlockRef at,
        WalletAddress appRegistry,
        (AppId App, VersionId Version)[] asked,
        WalletAddress[] late,
        CancellationToken cancel)
    {
        var read = await ReadDataAsync(
            at,
            [
                .. asked.Select(id => PinnedCall.EthCall(appRegistry, AbiCalls.GetVersion(id.App, id.Version))),
                .. late.Select(wallet => PinnedCall.EthCall(appRegistry, AbiCalls.GetInstanceByWallet(wallet))),
            ],
            cancel);
        if (!read.TryGet(out var data))
        {
            return read.As<Third>();
        }

        var versions = new Dictionary<(AppId, VersionId), VersionRecord?>(asked.Length);
        for (int i = 0; i < asked.Length; i++)
        {
            if (!AbiAnswers.TryVersion(data[i], asked[i].App, asked[i].Version, out var version))
            {
                return Malformed<Third>("getVersion()");
            }

            versions.Add(asked[i], version);
        }

        return TryInstances(data.AsSpan(asked.Length), late, out var unlisted)
            ? Result<Third, ChainFailure>.Ok(new Third(versions, unlisted))
            : Malformed<Third>("getInstanceByWallet()");
    }

    private static bool TryInstances(ReadOnlySpan<byte[]> data, WalletAddress[] wallets, out InstanceRecord?[] instances)
    {
        instances = new InstanceRecord?[wallets.Length];
        for (int i = 0; i < wallets.Length; i++)
        {
            if (!AbiAnswers.TryInstance(data[i], wallets[i], out instances[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One call to the app registry, at the address that KMSRegistry names in the same block.</summary>
    private async Task<Result<InAppRegistry, ChainFailure>> ReadInAppRegistryAsync(BlockRef at, Func<WalletAddress, PinnedCall> call, CancellationToken cancel)
    {
        var guess = _guess;
        List<PinnedCall> calls = [Kms(AbiCalls.NovaAppRegistry())];
        if (guess is not null)
        {
            calls.Add(call(guess.Registry));
        }

        var read = await reader.ReadAsync(at, calls, cancel);
        if (!read.TryGet(out var answers))
        {
            return read.As<InAppRegistry>();
        }

        var named = Data(answers[0]);
        if (!named.TryGet(out var bytes))
        {
            return named.As<InAppRegistry>();
        }

        if (!AbiAnswers.TryNovaAppRegistry(bytes, out var address) || address is not { } registry)
        {
            return Malformed<InAppRegistry>("novaAppRegistry()");
        }

        if (guess?.Registry == registry)
        {
            return Result<InAppRegistry, ChainFailure>.Ok(new InAppRegistry(registry, answers[1]));
        }

        _guess = new Guess(registry, null);
        var again = await reader.ReadAsync(at, [call(registry)], cancel);
        return again.TryGet(out var second) ? Result<InAppRegistry, ChainFailure>.Ok(new InAppRegistry(registry, second[0])) : again.As<InAppRegistry>();
    }

    /// <summary>Return data of each call; one that failed fails all, and no calls are no request.</summary>
    private async Task<Result<byte[][], ChainFailure>> ReadDataAsync(BlockRef at, List<PinnedCall> calls, CancellationToken cancel)
    {
        if (calls.Count == 0)
        {
            return Result<byte[][], ChainFailure>.Ok([]);
        }

        var read = await reader.ReadAsync(at, calls, cancel);
        if (!read.TryGet(out var answers))
        {
            return read.As<byte[][]>();
        }

        var all = new byte[answers.Length][];
        for (int i = 0; i < all.Length; i++)
        {
            var data = Data(answers[i]);
            if (!data.TryGet(out var bytes))
            {
                return data.As<byte[][]>();
            }

            all[i] = bytes;
        }

        return Result<byte[][], ChainFailure>.Ok(all);
    }

    private PinnedCall Kms(byte[] data) => PinnedCall.EthCall(kmsRegistry, data);

    private static Result<byte[], ChainFailure> Data(RpcAnswer answer)
    {
        if (answer.Error is { } error)
        {
            return Result<byte[], ChainFailure>.Fail(ChainFailure.Unavailable, $"eth_call: {error}");
        }

        return RpcJson.TryData(answer.Result, out var data) && data.Length > 0
            ? Result<byte[], ChainFailure>.Ok(data)
            : Result<byte[], ChainFailure>.Fail(ChainFailure.Unavailable, "eth_call: no data, so no contract at that address and block");
    }

    private static Result<T, ChainFailure> Malformed<T>(string call) => Result<T, ChainFailure>.Fail(ChainFailure.Unavailable, $"{call}: not what the contract can answer");

    private sealed record Guess(WalletAddress Registry, AppId? App);

    private sealed record InAppRegistry(WalletAddress Registry, RpcAnswer Value);

    private sealed record Second(InstanceRecord?[] Instances, InstanceRecord?[] Unlisted, bool HasConfirmed, KmsAppFacts App);

    private sealed record Third(Dictionary<(AppId, VersionId), VersionRecord?> Versions, InstanceRecord?[] Unlisted);

    /// <summary>What <c>getApp</c> and <c>getActiveInstances</c>, asked for in this order, say of the KMS's app.</summary>
    private sealed record KmsAppFacts(AppRecord? Record, WalletAddress[] Unlisted)
    {
        public static KmsAppFacts None { get; } = new(null, []);

        public static Result<KmsAppFacts, ChainFailure> Decode(ReadOnlySpan<byte[]> answers, AppId asked, IReadOnlyList<WalletAddress> operators) =>
            !AbiAnswers.TryApp(answers[0], asked, out var record) ? Malformed<KmsAppFacts>("getApp()")
            : !AbiAnswers.TryWallets(answers[1], Limits.MaxActiveInstances, out var active) ? Malformed<KmsAppFacts>("getActiveInstances()")
            : Result<KmsAppFacts, ChainFailure>.Ok(new KmsAppFacts(record, [.. active.Except(operators).Take(Limits.MaxOperators)]));
    }
}
