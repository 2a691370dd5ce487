using Kms.Core.Audit;
using Kms.Sim.Faults;
using Kms.Sim.Kernel;
using Kms.Sim.Network;

namespace Kms.Sim.World;

/// <summary>What nodes tell their embedders, heard by the world at the moment at which it happens: rules judge by the moment.</summary>
internal sealed class NodeVoices(SimWorld world)
{
    private readonly Dictionary<int, TimeSpan> _secretMoves = [];
    private readonly SortedDictionary<string, TimeSpan> _firstUses = new(StringComparer.Ordinal);

    public event Action<int, Incarnation, AuditEvent>? Audited;

    /// <summary>When each start of each node began to use each epoch's secret.</summary>
    public IReadOnlyDictionary<string, TimeSpan> FirstUses => _firstUses;

    private ISimLoop Loop => world.Loop;

    /// <summary>When a node's secrets last changed state.</summary>
    public TimeSpan LastSecretMove(int node) => _secretMoves.GetValueOrDefault(node);

    public void OnAudit(int index, Incarnation incarnation, AuditEvent audit)
    {
        lock (Loop.Gate)
        {
            Hear(index, incarnation, audit);
        }
    }

    public void OnState(int index, Incarnation incarnation, string line)
    {
        lock (Loop.Gate)
        {
            if (incarnation.Life.IsDead)
            {
                return;
            }

            world.Changed();
            world.Log.Add("state", SimNetwork.Lane(index), line);
            var node = incarnation.Node;
            world.Log.Occurred(node.IsReady ? "state ready" : $"state {node.Reason}");
            if (node.IsReady)
            {
                world.Reach(FaultTrigger.FirstReady, incarnation.Wallet);
            }
        }
    }

    /// <summary>Of nodes whose embedder is blocked the world reads the log itself, before time moves on.</summary>
    public void HearTheBlocked()
    {
        // After every step: nothing is allocated where nobody is blocked.
        foreach (var slot in world.Slots)
        {
            if (slot.Ports.IsBlocked && slot.Current is { } incarnation)
            {
                foreach (var audit in incarnation.Node.AuditEvents.Where(audit => audit.Sequence > incarnation.HeardUpTo))
                {
                    Hear(slot.Index, incarnation, audit);
                }
            }
        }
    }

    private void Hear(int index, Incarnation incarnation, AuditEvent audit)
    {
        // What comes late through a callback that was blocked was heard before.
        if (incarnation.Life.IsDead || audit.Sequence <= incarnation.HeardUpTo)
        {
            return;
        }

        incarnation.HeardUpTo = audit.Sequence;
        world.Changed();
        world.Log.Add("audit", SimNetwork.Lane(index), $"{audit.Name}: {audit.Detail}");
        world.Log.Occurred($"audit {audit.Name}");
        if (IsOfASecret(audit.Kind))
        {
            _secretMoves[index] = Loop.Now;
        }

        if (audit.Kind == AuditKind.SecretActivated)
        {
            _firstUses.TryAdd($"n{index} start {incarnation.Number} {audit.Detail.Split(" hash ")[0]}", Loop.Now);
        }

        Audited?.Invoke(index, incarnation, audit);
    }

    private static bool IsOfASecret(AuditKind kind) => kind is AuditKind.SecretGenerated or AuditKind.SecretProposed or AuditKind.SecretConfirmed or AuditKind.SecretReceived or AuditKind.SecretNotReceived
        or AuditKind.SecretHandedOver or AuditKind.SecretActivated or AuditKind.SecretQuarantined or AuditKind.SecretRestored
        or AuditKind.SecretCandidateAgain or AuditKind.SecretDestroyed;
}
