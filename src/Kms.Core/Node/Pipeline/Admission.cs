using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

/// <summary>
/// Concurrency limits: all requests, work for callers that proved nothing yet (recovery, chain reads, Odyn), and each wallet.
/// Never per address: behind the ingress all callers share one (design §7).
/// </summary>
internal sealed class Admission
{
    private readonly object _gate = new();
    private readonly int[] _unauthenticated = new int[2];
    private readonly Dictionary<WalletAddress, int> _perWallet = [];
    private int _requests;

    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_requests >= Limits.MaxConcurrentRequests)
            {
                return false;
            }

            _requests++;
            return true;
        }
    }

    public void Leave()
    {
        lock (_gate)
        {
            Invariant.Require(_requests > 0);
            _requests--;
        }
    }

    public bool TryEnterUnauthenticated(Lane lane)
    {
        lock (_gate)
        {
            if (_unauthenticated[(int)lane] >= Limits.MaxConcurrentUnauthenticated)
            {
                return false;
            }

            _unauthenticated[(int)lane]++;
            return true;
        }
    }

    public void LeaveUnauthenticated(Lane lane)
    {
        lock (_gate)
        {
            Invariant.Require(_unauthenticated[(int)lane] > 0);
            _unauthenticated[(int)lane]--;
        }
    }

    public bool TryEnterWallet(WalletAddress wallet)
    {
        lock (_gate)
        {
            int count = _perWallet.GetValueOrDefault(wallet);
            if (count >= Limits.MaxConcurrentRequestsPerWallet)
            {
                return false;
            }

            _perWallet[wallet] = count + 1;
            return true;
        }
    }

    public void LeaveWallet(WalletAddress wallet)
    {
        lock (_gate)
        {
            int count = _perWallet[wallet];
            if (count == 1)
            {
                _perWallet.Remove(wallet);
            }
            else
            {
                _perWallet[wallet] = count - 1;
            }
        }
    }
}

/// <summary>What one request holds of the limits of <see cref="Admission"/>; all of it is given back by <see cref="Dispose"/>.</summary>
internal sealed class AdmissionTicket : IDisposable
{
    private readonly Admission _admission;
    private Lane? _lane;
    private WalletAddress? _wallet;

    private AdmissionTicket(Admission admission) => _admission = admission;

    /// <summary>Null when the node is busy with as many requests as it takes.</summary>
    public static AdmissionTicket? TryEnter(Admission admission) => admission.TryEnter() ? new AdmissionTicket(admission) : null;

    /// <summary>False when too many callers that proved nothing are being looked at.</summary>
    public bool TryBeginUnauthenticated(Lane lane)
    {
        Invariant.Require(_lane is null);
        if (!_admission.TryEnterUnauthenticated(lane))
        {
            return false;
        }

        _lane = lane;
        return true;
    }

    /// <summary>False when the wallet has as many requests in flight as it may.</summary>
    public bool TryBindWallet(WalletAddress wallet)
    {
        Invariant.Require(_wallet is null);
        if (!_admission.TryEnterWallet(wallet))
        {
            return false;
        }

        _wallet = wallet;
        return true;
    }

    /// <summary>The caller is authorised and its nonce consumed: it no longer counts as unauthenticated work.</summary>
    public void Authenticated()
    {
        if (_lane is { } lane)
        {
            _admission.LeaveUnauthenticated(lane);
            _lane = null;
        }
    }

    public void Dispose()
    {
        Authenticated();
        if (_wallet is { } wallet)
        {
            _admission.LeaveWallet(wallet);
            _wallet = null;
        }

        _admission.Leave();
    }
}

/// <summary>Unauthenticated work is limited per lane, so that a flood of app requests does not stop replication.</summary>
internal enum Lane
{
    Apps = 0,
    Peers = 1,
}
