namespace Kms.Core.Membership;

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
            || Differs(before.Kms, after.Kms));

    private static bool Differs(KmsState before, KmsState after) =>
        !before.Epochs.SequenceEqual(after.Epochs)
        || !before.ApprovedMeasurements.SequenceEqual(after.ApprovedMeasurements)
        || (before with { Epochs = after.Epochs, ApprovedMeasurements = after.ApprovedMeasurements }) != after;
}
