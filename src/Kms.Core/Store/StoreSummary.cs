using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>The store's root and the sequence it was taken at, read together.</summary>
internal readonly record struct StoreSummary(Bytes32 Root, ulong Sequence);
