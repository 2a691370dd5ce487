namespace Kms.Core.Store;

/// <summary>Live keys of an app.</summary>
/// <param name="Keys">In ordinal order, at most as many as asked for.</param>
/// <param name="Count">All live keys, also those beyond the limit.</param>
internal sealed record ListResult(IReadOnlyList<string> Keys, int Count);
