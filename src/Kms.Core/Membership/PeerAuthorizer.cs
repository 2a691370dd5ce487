using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Membership;

/// <summary>
/// Who is a member of the cluster, as <see cref="VerifiedPeer"/> proves it: member = listed, instance ACTIVE, zkVerified, of our ACTIVE app, version
/// ENROLLED or DEPRECATED, measurement approved, TEE key no earlier member's; at the final and at the latest view (design §4, §5).
/// </summary>
internal sealed class PeerAuthorizer(MembershipWatch watch)
{
    private readonly MembershipWatch _watch = watch;

    /// <summary>Authorises against the newest view, re-read when its heads are older than <see cref="Limits.HeadMaxAgeMs"/>.</summary>
    public async Task<Result<VerifiedPeer, PeerRefusal>> AuthorizeAsync(WalletAddress wallet, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var view = await _watch.CurrentAsync();
        return view.TryGet(out var current)
            ? Authorize(current, wallet)
            : Result<VerifiedPeer, PeerRefusal>.Fail(PeerRefusal.ChainUnavailable);
    }

    public static Result<VerifiedPeer, PeerRefusal> Authorize(ChainView view, WalletAddress wallet) => VerifiedPeer.At(view, wallet);

    /// <summary>All members at both views, ordered by wallet.</summary>
    public static IReadOnlyList<VerifiedPeer> Members(ChainView view)
    {
        var wallets = view.AtLatest.Operators.Select(one => one.Wallet).Distinct().Order();
        return [.. wallets.Select(wallet => Authorize(view, wallet).GetValueOrDefault()).OfType<VerifiedPeer>()];
    }

    /// <summary>
    /// True when the wallet is all that a member must be at the snapshot, only not on the list: its registration's callback was
    /// lost, and <c>syncOperator</c> would list it.
    /// </summary>
    /// <param name="facts">The app registry's records of the wallet at the same block.</param>
    public static bool IsMemberButForTheList(RegistrySnapshot snapshot, WalletFacts facts, WalletAddress wallet) =>
        facts.At == snapshot.At
        && Find(snapshot.Operators, wallet) is null
        && snapshot.Kms.KmsApp is { } kmsApp && snapshot.App is { Status: AppStatus.Active } app && app.Id == kmsApp
        && CheckRecord(snapshot, kmsApp, wallet, new OperatorRecord(wallet, facts.Instance, facts.Version)) is null;

    /// <summary>The rule at one view; null when the wallet is a member there.</summary>
    public static PeerRefusal? Check(RegistrySnapshot snapshot, WalletAddress wallet) => Check(snapshot, wallet, out _);

    /// <param name="found">What the snapshot has of the wallet; not null when it is a member there.</param>
    public static PeerRefusal? Check(RegistrySnapshot snapshot, WalletAddress wallet, out OperatorRecord? found)
    {
        found = null;
        if (snapshot.Kms.KmsApp is not { } kmsApp || snapshot.App is not { } app || app.Id != kmsApp)
        {
            return PeerRefusal.NoKmsApp;
        }

        if (app.Status != AppStatus.Active)
        {
            return PeerRefusal.AppNotActive;
        }

        found = Find(snapshot.Operators, wallet);
        return found is null ? PeerRefusal.NotListed : CheckRecord(snapshot, kmsApp, wallet, found);
    }

    /// <summary>The rule but for the app's status and the list.</summary>
    private static PeerRefusal? CheckRecord(RegistrySnapshot snapshot, AppId kmsApp, WalletAddress wallet, OperatorRecord found)
    {
        if (found.Instance is not { } instance || instance.Wallet != wallet)
        {
            return PeerRefusal.UnknownInstance;
        }

        if (instance.App != kmsApp)
        {
            return PeerRefusal.WrongApp;
        }

        if (instance.Status != InstanceStatus.Active)
        {
            return PeerRefusal.InstanceNotActive;
        }

        if (!instance.ZkVerified)
        {
            return PeerRefusal.NotZkVerified;
        }

        if (found.Version is not { } version || version.Id != instance.Version || version.App != kmsApp)
        {
            return PeerRefusal.UnknownVersion;
        }

        if (version.Status is not (VersionStatus.Enrolled or VersionStatus.Deprecated))
        {
            return PeerRefusal.VersionRevoked;
        }

        // A zero measurement names no code and is never authorised (M5).
        if (version.CodeMeasurement.IsZero || !snapshot.Kms.ApprovedMeasurements.Contains(version.CodeMeasurement))
        {
            return PeerRefusal.MeasurementNotApproved;
        }

        return HasSharedKey(snapshot, instance) ? PeerRefusal.SharedKey : null;
    }

    /// <summary>
    /// The registry lets an app's owner register any wallet with a document in which it made that wallet stand, and the document of
    /// one enclave serves as often as wanted: its key betrays it (docs/threat-model.md).
    /// </summary>
    /// <remarks>
    /// An instance that is neither listed nor among the active ones has a revoked version. Who shares its key shares its
    /// measurement, and with it, since an app has a measurement once, that version.
    /// </remarks>
    private static bool HasSharedKey(RegistrySnapshot snapshot, InstanceRecord instance)
    {
        foreach (var one in snapshot.Operators)
        {
            if (one.Instance is { } listed && TakesKeyOf(listed, instance))
            {
                return true;
            }
        }

        foreach (var unlisted in snapshot.Unlisted)
        {
            if (TakesKeyOf(unlisted, instance))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesKeyOf(InstanceRecord earlier, InstanceRecord instance) =>
        earlier.Status == InstanceStatus.Active && earlier.Id.Value < instance.Id.Value && earlier.App == instance.App
        && earlier.TeePublicKey is { } key && key.Equals(instance.TeePublicKey);

    private static OperatorRecord? Find(IReadOnlyList<OperatorRecord> operators, WalletAddress wallet)
    {
        foreach (var one in operators)
        {
            if (one.Wallet == wallet)
            {
                return one;
            }
        }

        return null;
    }
}

/// <summary>Why a wallet is no member of the cluster. The order is the order of the checks.</summary>
internal enum PeerRefusal
{
    /// <summary>The chain gave no answer that is fresh enough to decide on.</summary>
    ChainUnavailable,

    /// <summary>KMSRegistry has no app yet, or the app registry does not know it.</summary>
    NoKmsApp,
    AppNotActive,

    /// <summary>Not on KMSRegistry's operator list.</summary>
    NotListed,
    UnknownInstance,
    WrongApp,
    InstanceNotActive,
    NotZkVerified,
    UnknownVersion,
    VersionRevoked,
    MeasurementNotApproved,

    /// <summary>An earlier active instance of the KMS app has the same TEE key: one enclave is one member.</summary>
    SharedKey,

    /// <summary>Both views show a member, but not the same instance of the same version.</summary>
    ViewsDisagree,
}

/// <summary>A wallet that is a member of the cluster at both views. Nothing makes one but the check itself, <see cref="At"/>.</summary>
internal sealed class VerifiedPeer
{
    private VerifiedPeer(InstanceRecord instance, VersionRecord version, BlockRef atLatest)
    {
        Instance = instance;
        Version = version;
        AtLatest = atLatest;
    }

    /// <summary>The rule of membership (<see cref="PeerAuthorizer.Check(RegistrySnapshot, WalletAddress)"/>) at both views, which agree on the instance and its code.</summary>
    public static Result<VerifiedPeer, PeerRefusal> At(ChainView view, WalletAddress wallet)
    {
        Invariant.Require(!wallet.IsDefault);
        if (PeerAuthorizer.Check(view.AtFinal, wallet, out var final) is { } refusedAtFinal)
        {
            return Result<VerifiedPeer, PeerRefusal>.Fail(refusedAtFinal);
        }

        if (PeerAuthorizer.Check(view.AtLatest, wallet, out var latest) is { } refusedAtLatest)
        {
            return Result<VerifiedPeer, PeerRefusal>.Fail(refusedAtLatest);
        }

        if (final!.Instance!.Id != latest!.Instance!.Id || final.Version!.Id != latest.Version!.Id
            || final.Version.CodeMeasurement != latest.Version.CodeMeasurement)
        {
            return Result<VerifiedPeer, PeerRefusal>.Fail(PeerRefusal.ViewsDisagree);
        }

        // ENROLLED counts only when both views say so: carry the view that grants less.
        var version = final.Version.Status > latest.Version.Status ? final.Version : latest.Version;
        return Result<VerifiedPeer, PeerRefusal>.Ok(new VerifiedPeer(latest.Instance, version, view.Latest));
    }

    public WalletAddress Wallet => Instance.Wallet;

    public InstanceRecord Instance { get; }

    public VersionRecord Version { get; }

    /// <summary>The latest head it was verified at.</summary>
    public BlockRef AtLatest { get; }

    /// <summary>ENROLLED: may propose, confirm and receive a secret. DEPRECATED serves and hands over only (design §6).</summary>
    public bool MayReceiveSecrets => Version.Status == VersionStatus.Enrolled;
}
