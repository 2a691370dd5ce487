namespace Kms.Core.Replication;

/// <summary>Which way a sealed message travels; part of what its seal covers, so none can be reflected.</summary>
internal enum ChannelDirection : byte
{
    Request = 1,
    Answer = 2,
}
