using Kms.Core.Authentication;

namespace Kms.Core.Node.Pipeline;

/// <summary>A reply, and the proof to sign it for once that proof verified; null before.</summary>
/// <param name="Wrote">The store changed: said even if the answer cannot be signed.</param>
internal sealed record Outcome(Reply Reply, Proof? SignFor = null, bool Wrote = false)
{
    public static Outcome Refused(ApiRefusal refusal, Proof? signFor = null) => new(Reply.Error(refusal), signFor);

    public static Outcome Refused(ApiError error, string message, Proof? signFor = null) => Refused(new ApiRefusal(error, message), signFor);
}
