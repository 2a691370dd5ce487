namespace Kms.Core.Replication;

/// <summary>A batch whose answer has not come yet.</summary>
internal sealed record OutgoingBatch(ulong Number, IReadOnlyList<OutgoingItem> Items);
