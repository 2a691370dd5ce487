namespace Kms.Core.Membership;

/// <summary>The same fact at both views of the chain. A right counts only when both show it (design §4).</summary>
internal sealed record TwoViews<T>(T AtFinal, T AtLatest);
