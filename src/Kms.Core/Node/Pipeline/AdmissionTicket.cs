using Kms.Core.Primitives;

namespace Kms.Core.Node.Pipeline;

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
