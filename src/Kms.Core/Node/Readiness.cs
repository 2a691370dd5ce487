using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>Whether this node may serve: one value, moved by NodeTick alone. What needs a secret takes the <see cref="Ready"/>.</summary>
internal abstract class Readiness
{
    private Readiness()
    {
    }

    /// <summary>
    /// The node is a member at both views and holds the secret of some epoch that is active there. Service is by epoch: what needs
    /// one that is not here is answered <c>epoch_unavailable</c>, the rest is served.
    /// </summary>
    internal sealed class Ready : Readiness
    {
        /// <param name="lacksDefault">Why requests that name no epoch are not served; null when they are.</param>
        internal Ready(ChainView view, Epoch defaultEpoch, Epoch currentEpoch, IReadOnlyList<Epoch> missing, NotReady? lacksDefault)
        {
            View = view;
            DefaultEpoch = defaultEpoch;
            CurrentEpoch = currentEpoch;
            Missing = missing;
            LacksDefault = lacksDefault;
        }

        public ChainView View { get; }

        /// <summary>Epochs that are active at both views and whose secret is not usable here, in order.</summary>
        public IReadOnlyList<Epoch> Missing { get; }

        /// <summary>Set when the default epoch is among them: whoever balances load should ask another node.</summary>
        public NotReady? LacksDefault { get; }

        /// <summary>What derive uses when the request names no epoch.</summary>
        public Epoch DefaultEpoch { get; }

        /// <summary>The newest epoch that is usable here: what new records are sealed under.</summary>
        public Epoch CurrentEpoch { get; }
    }

    /// <param name="detail">For operators; never secret.</param>
    internal sealed class NotReady(NotReadyReason reason, string detail) : Readiness
    {
        public NotReadyReason Reason { get; } = reason;

        public string Detail { get; } = detail;
    }

    /// <summary>Why requests that name no epoch are not served; null while they are. What <c>/status</c> calls <c>ready</c>.</summary>
    public NotReady? Shortfall => this switch
    {
        NotReady not => not,
        Ready ready => ready.LacksDefault,
        _ => throw new InvariantException($"readiness {GetType().Name}"),
    };
}
