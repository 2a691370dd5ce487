namespace Kms.Core.Replication;

/// <summary>Where a node stands among its peers. The numbers are the wire's.</summary>
internal enum ReplicaState
{
    /// <summary>Has not pulled a snapshot yet.</summary>
    Starting = 0,

    /// <summary>Exchanges normally.</summary>
    Following = 1,

    /// <summary>Exchanged with nobody for half the tombstone retention: refuses writes, offers nothing to others.</summary>
    Isolated = 2,

    /// <summary>Pushed what only it had and now replaces the rest by a peer's snapshot.</summary>
    Returning = 3,
}
