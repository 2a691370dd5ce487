using Kms.Core.Ports;

namespace Kms.Adapters.Ethereum;

/// <summary>Gas that a call may need beyond its estimate. Derived in docs/contracts.md; a test holds it against what was measured.</summary>
/// <remarks>
/// An estimate may be what one run used (a light client's), even of a run that reverted at once. What it misses: each read of the
/// platform's registry asks for gas that it then does not use; reads may become as slow as they may be; and who confirms third
/// may be mined last, and so check everybody again and activate. So the margin alone is enough for the worst run of the call.
/// </remarks>
internal static class GasMargin
{
    public const uint MaxConfirmationTarget = 16; // Epochs.MAX_CONFIRMATION_TARGET

    private const ulong OfAnyCall = 1_400_000;
    private const ulong OfEachConfirmer = 630_000;

    /// <param name="confirmationTarget">The registry's.</param>
    public static ulong Of(RegistryCall call, uint confirmationTarget)
    {
        ulong others = Math.Clamp(confirmationTarget, 1, MaxConfirmationTarget) - 1;
        return call is RegistryCall.Confirm ? OfAnyCall + (others * OfEachConfirmer) : OfAnyCall;
    }
}
