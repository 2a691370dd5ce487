namespace Kms.Core.Replication;

/// <summary>"I hold everything that this incarnation of yours had stored up to this sequence."</summary>
internal readonly record struct HeldClaim(UInt128 Incarnation, ulong Sequence);
