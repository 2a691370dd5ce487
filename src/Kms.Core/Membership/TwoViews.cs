namespace Kms.Core.Membership;

/// <summary>The same facts at both views of the chain. A right counts only when both show it (design §4).</summary>
internal readonly record struct TwoViews<T>(T AtFinal, T AtLatest);
