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
