using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Core.Membership;

/// <summary>The registry at both views of one refresh. Rights count only when both show them (design §4).</summary>
internal sealed record ChainView(RegistrySnapshot AtFinal, RegistrySnapshot AtLatest)
{
    public BlockRef Final => AtFinal.At;

    public BlockRef Latest => AtLatest.At;

    /// <summary>
    /// True when either view shows the key as some instance's long-lived one, whatever that instance's state, and whether it is
    /// listed or not.
    /// </summary>
    public bool IsRegistered(TeePublicKey key) => IsRegistered(AtLatest, key) || IsRegistered(AtFinal, key);

    private static bool IsRegistered(RegistrySnapshot at, TeePublicKey key) =>
        at.Operators.Select(static one => one.Instance).Concat(at.Unlisted).Any(one => key.Equals(one?.TeePublicKey));
}

/// <summary>The same facts at both views of the chain. A right counts only when both show it (design §4).</summary>
internal readonly record struct TwoViews<T>(T AtFinal, T AtLatest);

/// <summary>Whether a new view says anything new about membership, epochs or proposals, apart from its blocks.</summary>
internal static class ViewChange
{
    public static bool Matters(ChainView? before, ChainView after) =>
        before is null || Differs(before.AtFinal, after.AtFinal) || Differs(before.AtLatest, after.AtLatest);

    private static bool Differs(RegistrySnapshot before, RegistrySnapshot after) =>
        !ReferenceEquals(before, after)
        && (before.App != after.App
            || before.Self != after.Self
            || !before.Operators.SequenceEqual(after.Operators)
            || !before.Unlisted.SequenceEqual(after.Unlisted)
            || Differs(before.Kms, after.Kms));

    private static bool Differs(KmsState before, KmsState after) =>
        !before.Epochs.SequenceEqual(after.Epochs)
        || !before.ApprovedMeasurements.SequenceEqual(after.ApprovedMeasurements)
        || (before with { Epochs = after.Epochs, ApprovedMeasurements = after.ApprovedMeasurements }) != after;
}
