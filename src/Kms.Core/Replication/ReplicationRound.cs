namespace Kms.Core.Replication;

/// <summary>What one round did.</summary>
/// <param name="Peers">Members that it tried.</param>
/// <param name="Reached">Members that answered at least once.</param>
/// <param name="InSync">Members that hold exactly what this node held when the round asked them.</param>
/// <param name="Sent">Records acknowledged by peers.</param>
/// <param name="Received">Records taken from peers' answers.</param>
/// <param name="Repairs">Digest repairs run: something had slipped through.</param>
internal sealed record ReplicationRound(ReplicaState State, int Peers, int Reached, int InSync, int Sent, int Received, int Repairs);
