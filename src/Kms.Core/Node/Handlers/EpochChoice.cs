using System.Diagnostics.CodeAnalysis;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handlers;

/// <summary>Which epoch a derive request means.</summary>
internal static class EpochChoice
{
    /// <param name="requested">Null: the default epoch, so that a rotation never silently changes an app's keys.</param>
    public static bool TryChoose(Readiness.Ready ready, long? requested, out Epoch epoch, [NotNullWhen(false)] out ApiRefusal? refusal)
    {
        refusal = null;
        epoch = ready.DefaultEpoch;
        if (requested is null)
        {
            return true;
        }

        if (requested < 1)
        {
            refusal = new ApiRefusal(ApiError.UnknownEpoch, "epoch: there is no such epoch");
            return false;
        }

        epoch = Epoch.From((ulong)requested.Value);
        var final = ready.View.AtFinal.Kms.Find(epoch);
        var latest = ready.View.AtLatest.Kms.Find(epoch);
        if (final is null && latest is null)
        {
            refusal = new ApiRefusal(ApiError.UnknownEpoch, "epoch: there is no such epoch");
        }
        else if (final is { Retired: true } || latest is { Retired: true })
        {
            refusal = new ApiRefusal(ApiError.EpochRetired, "epoch: retired");
        }
        else if (final is null || latest is null || final.Hash != latest.Hash)
        {
            // Active at one view only: not yet, or about to be reorganised away.
            refusal = new ApiRefusal(ApiError.EpochUnavailable, "epoch: not final yet");
        }

        return refusal is null;
    }
}
