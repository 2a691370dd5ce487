using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Ports;

/// <summary>A value from the chain, or the reason there is none.</summary>
public readonly record struct ChainResult<T>
{
    private readonly T? _value;

    private ChainResult(T? value, ChainFailure? failure, string? detail)
    {
        _value = value;
        Failure = failure;
        Detail = detail;
        IsSet = true;
    }

    /// <summary>False for <c>default</c>, which is refused by <see cref="TryGet"/>.</summary>
    private bool IsSet { get; }

    /// <summary>Null on success.</summary>
    public ChainFailure? Failure { get; }

    /// <summary>For operators' logs: never sent to a caller.</summary>
    public string? Detail { get; }

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        Invariant.Require(IsSet);
        value = _value;
        return Failure is null;
    }

    public static ChainResult<T> Ok(T value) => new(value, null, null);

    public static ChainResult<T> Fail(ChainFailure failure, string detail) => new(default, failure, detail);

    /// <summary>Carries a failure over to another type.</summary>
    public ChainResult<TOther> As<TOther>()
    {
        Invariant.Require(Failure is not null);
        return ChainResult<TOther>.Fail(Failure.Value, Detail ?? string.Empty);
    }
}
