using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Serving;

/// <summary>
/// What this node serves (keys, reads, writes) and why not: one value, moved by <see cref="ReadinessGate"/> alone. What needs a
/// secret takes the <see cref="Ready"/>.
/// </summary>
internal abstract class Readiness
{
    private Readiness()
    {
    }

    /// <summary>Why requests that name no epoch are not served; null while they are. What <c>/status</c> calls <c>ready</c>.</summary>
    public abstract NotReady? KeysRefused { get; }

    /// <summary>Why no key is denied: no "not found", no list, no delete, no <c>if_version</c>. Null while reads are served in full.</summary>
    public abstract NotReady? ReadsRefused { get; }

    /// <summary>Why no put or delete is taken; null while they are.</summary>
    public abstract NotReady? WritesRefused { get; }

    /// <summary>
    /// The node is a member at both views and holds the secret of some epoch that is active there. Service is by epoch: what needs
    /// one that is not here is answered <c>epoch_unavailable</c>, the rest is served.
    /// </summary>
    internal sealed class Ready : Readiness
    {
        private Ready(
            ChainView view, Epoch defaultEpoch, Epoch currentEpoch, IReadOnlyList<Epoch> missing,
            NotReady? keysRefused, NotReady? readsRefused, NotReady? writesRefused)
        {
            View = view;
            DefaultEpoch = defaultEpoch;
            CurrentEpoch = currentEpoch;
            Missing = missing;
            KeysRefused = keysRefused;
            ReadsRefused = readsRefused;
            WritesRefused = writesRefused;
        }

        /// <summary>Nothing makes one but this check; null for who is no member, or holds no secret of an epoch that is active at both views.</summary>
        /// <param name="held">What is in the ring.</param>
        /// <param name="keysRefused">Set when the default epoch is missing: whoever balances load should ask another node.</param>
        /// <param name="readsRefused">Set while what the peers hold was not pulled.</param>
        /// <param name="writesRefused">Set while no peer was reached for too long.</param>
        public static Ready? Of(
            ChainView view, WalletAddress self, IReadOnlyList<HeldSecret> held,
            NotReady? keysRefused, NotReady? readsRefused, NotReady? writesRefused)
        {
            var active = SecretDecisions.ActiveAtBoth(view);
            var usable = active.Where(record => held.Any(one => one.Epoch == record.Epoch && one.Hash == record.Hash && one.State == SecretState.Active))
                .Select(record => record.Epoch).ToArray();
            return usable.Length > 0 && view.AtFinal.Kms.DefaultEpoch is { } defaultEpoch && PeerAuthorizer.Authorize(view, self).TryGet(out _)
                ? new Ready(
                    view, defaultEpoch, usable[^1], [.. active.Select(record => record.Epoch).Except(usable)], keysRefused, readsRefused, writesRefused)
                : null;
        }

        public ChainView View { get; }

        /// <summary>Epochs that are active at both views and whose secret is not usable here, in order.</summary>
        public IReadOnlyList<Epoch> Missing { get; }

        /// <summary>What derive uses when the request names no epoch.</summary>
        public Epoch DefaultEpoch { get; }

        /// <summary>The newest epoch that is usable here: what new records are sealed under.</summary>
        public Epoch CurrentEpoch { get; }

        public override NotReady? KeysRefused { get; }

        public override NotReady? ReadsRefused { get; }

        public override NotReady? WritesRefused { get; }
    }

    /// <summary>Nothing is served, for one reason.</summary>
    /// <param name="detail">For operators; never secret.</param>
    internal sealed class NotReady(NotReadyReason reason, string detail) : Readiness
    {
        public NotReadyReason Reason { get; } = reason;

        public string Detail { get; } = detail;

        public override NotReady KeysRefused => this;

        public override NotReady ReadsRefused => this;

        public override NotReady WritesRefused => this;
    }
}
