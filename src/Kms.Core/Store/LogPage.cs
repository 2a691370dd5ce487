namespace Kms.Core.Store;

/// <summary>Part of the change log.</summary>
/// <param name="Sequence">The store's sequence when the page was read: with no items, the reader is in step up to here.</param>
internal sealed record LogPage(IReadOnlyList<LogItem> Items, ulong Sequence);
