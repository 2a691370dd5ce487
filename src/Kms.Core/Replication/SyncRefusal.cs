namespace Kms.Core.Replication;

/// <summary>Why a peer did not do what a sync message asked. The numbers are the wire's.</summary>
internal enum SyncRefusal
{
    /// <summary>Not a message of this protocol.</summary>
    Malformed = 0,

    /// <summary>Meant for an earlier start of the node: greet again.</summary>
    WrongIncarnation = 1,

    /// <summary>The node is starting, isolated or returning and offers its records to nobody.</summary>
    NotServing = 2,

    /// <summary>The node knows too many peers already.</summary>
    TooManyPeers = 3,
}
