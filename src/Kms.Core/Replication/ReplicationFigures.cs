namespace Kms.Core.Replication;

/// <summary>Replication figures for operators, peers in wallet order.</summary>
internal sealed record ReplicationFigures(ReplicaState State, IReadOnlyList<PeerLag> Peers, long Repairs, long RefusedByPeers);
