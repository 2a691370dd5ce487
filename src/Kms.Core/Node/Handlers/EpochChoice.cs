using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handlers;

/// <summary>Which epoch a derive request means.</summary>
internal static class EpochChoice
{
    /// <param name="requested">Null: the default epoch, so that a rotation never silently changes an app's keys.</param>
    public static Result<Epoch, ApiRefusal> Choose(Readiness.Ready ready, long? requested)
    {
        if (requested is not { } number)
        {
            return Result<Epoch, ApiRefusal>.Ok(ready.DefaultEpoch);
        }

        if (number < 1)
        {
            return Refused(ApiError.UnknownEpoch, "epoch: there is no such epoch");
        }

        var epoch = Epoch.From((ulong)number);
        var final = ready.View.AtFinal.Kms.Find(epoch);
        var latest = ready.View.AtLatest.Kms.Find(epoch);
        if (final is null && latest is null)
        {
            return Refused(ApiError.UnknownEpoch, "epoch: there is no such epoch");
        }

        if (final is { Retired: true } || latest is { Retired: true })
        {
            return Refused(ApiError.EpochRetired, "epoch: retired");
        }

        // Active at one view only: not yet, or about to be reorganised away.
        return final is null || latest is null || final.Hash != latest.Hash
            ? Refused(ApiError.EpochUnavailable, "epoch: not final yet")
            : Result<Epoch, ApiRefusal>.Ok(epoch);
    }

    private static Result<Epoch, ApiRefusal> Refused(ApiError error, string message) => Result<Epoch, ApiRefusal>.Fail(new ApiRefusal(error, message));
}
