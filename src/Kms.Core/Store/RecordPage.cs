namespace Kms.Core.Store;

/// <summary>Part of a snapshot.</summary>
/// <param name="Next">Where to go on; null when this was the last page.</param>
/// <param name="Sequence">The store's sequence when the page was read.</param>
internal sealed record RecordPage(IReadOnlyList<StoredRecord> Records, RecordName? Next, ulong Sequence);
