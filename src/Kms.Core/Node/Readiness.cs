using Kms.Core.Membership;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>Whether this node may serve: one value, moved by NodeTick alone. What needs a secret takes the <see cref="Ready"/>.</summary>
internal abstract class Readiness
{
    private Readiness()
    {
    }

    /// <summary>The node is a member at both views and holds the default and the current epoch's secret.</summary>
    internal sealed class Ready : Readiness
    {
        internal Ready(ChainView view, Epoch defaultEpoch, Epoch currentEpoch)
        {
            View = view;
            DefaultEpoch = defaultEpoch;
            CurrentEpoch = currentEpoch;
        }

        public ChainView View { get; }

        /// <summary>What derive uses when the request names no epoch.</summary>
        public Epoch DefaultEpoch { get; }

        /// <summary>What new records are sealed under.</summary>
        public Epoch CurrentEpoch { get; }
    }

    /// <param name="detail">For operators; never secret.</param>
    internal sealed class NotReady(NotReadyReason reason, string detail) : Readiness
    {
        public NotReadyReason Reason { get; } = reason;

        public string Detail { get; } = detail;
    }
}
