using Kms.Core.Store;

namespace Kms.Core.Replication;

/// <summary>One record of a batch in flight, without its value.</summary>
/// <param name="IsFromLog">New: its verdict moves the cursor. Otherwise it was set aside and is sent again.</param>
/// <param name="IsSkipped">Not sent, because the peer sent it here.</param>
internal readonly record struct OutgoingItem(ulong Sequence, RecordName Name, WriteId Id, bool IsFromLog, bool IsSkipped);
