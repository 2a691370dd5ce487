using Kms.Core.Ports;

namespace Kms.Core.Attestation;

/// <summary>Time signed by the hypervisor, carried forward by the monotonic clock (design §4). The host's wall clock plays no part.</summary>
internal sealed class TrustedTime(IClock clock)
{
    private readonly IClock _clock = clock;

    /// <summary>False until the first own document was verified.</summary>
    public bool IsSet => throw new NotImplementedException();

    /// <summary>Unix milliseconds. Never goes back.</summary>
    public long NowMs => throw new NotImplementedException();

    /// <summary>True when a new document is due (<see cref="Limits.TrustedTimeRefreshMs"/>).</summary>
    public bool IsDue => throw new NotImplementedException();

    /// <param name="requestedAt"><see cref="IClock.Elapsed"/> just before the document was asked for.</param>
    public void Set(VerifiedAttestation own, TimeSpan requestedAt) => throw new NotImplementedException();

    public override string ToString() => _clock.Elapsed.ToString();
}
