using Kms.Core.Membership;
using Kms.Core.Node.Handover;
using Kms.Core.Store;

namespace Kms.Core.Node;

/// <summary>Re-encrypts what is under older epochs, and forgets handovers to instances that are gone.</summary>
internal sealed class Housekeeping(ReadinessGate gate, RecordStore store, HandoverLimiter limiter)
{
    public void Run()
    {
        if (gate.Current is Readiness.Ready ready)
        {
            store.Reseal(ready.CurrentEpoch);
            limiter.KeepOnly(PeerAuthorizer.Members(ready.View).Select(peer => peer.Instance.Id).ToHashSet());
        }
    }
}
