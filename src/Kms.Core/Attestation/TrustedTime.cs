using Kms.Core.Ports;

namespace Kms.Core.Attestation;

/// <summary>Time signed by the hypervisor, carried forward by the monotonic clock (design §4). The host's wall clock plays no part.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TrustedTime(IClock clock)
{
    private readonly object _gate = new();
    private readonly IClock _clock = clock;
    private bool _isSet;
    private long _documentMs;
    private TimeSpan _requestedAt;
    private long _greatestMs;

    /// <summary>False until the first own document was verified.</summary>
    public bool IsSet
    {
        get
        {
            lock (_gate)
            {
                return _isSet;
            }
        }
    }

    /// <summary>Unix milliseconds. Never goes back: when a new document is behind, time stands still until it has caught up.</summary>
    public long NowMs
    {
        get
        {
            lock (_gate)
            {
                Invariant.Require(_isSet);
                return Advance();
            }
        }
    }

    /// <summary>True when a new document is due (<see cref="Limits.TrustedTimeRefreshMs"/>).</summary>
    public bool IsDue
    {
        get
        {
            lock (_gate)
            {
                return !_isSet || SinceRequestMs() >= Limits.TrustedTimeRefreshMs;
            }
        }
    }

    /// <summary>Takes a document's time. It is at most one round trip to Odyn ahead of the truth, never behind it.</summary>
    /// <param name="requestedAt"><see cref="IClock.Elapsed"/> just before the document was asked for.</param>
    public void Set(VerifiedAttestation own, TimeSpan requestedAt)
    {
        lock (_gate)
        {
            Invariant.Require(requestedAt <= _clock.Elapsed);
            _documentMs = own.Document.TimestampMs;
            _requestedAt = requestedAt;
            _isSet = true;
            Advance();
        }
    }

    private long Advance()
    {
        _greatestMs = Math.Max(_greatestMs, _documentMs + SinceRequestMs());
        return _greatestMs;
    }

    private long SinceRequestMs() => (long)(_clock.Elapsed - _requestedAt).TotalMilliseconds;
}
