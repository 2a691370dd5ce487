namespace Kms.Core.Node.Pipeline;

/// <summary>Unauthenticated work is limited per lane, so that a flood of app requests does not stop replication.</summary>
internal enum Lane
{
    Apps = 0,
    Peers = 1,
}
