using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Primitives;

/// <summary>
/// A value, or the reason there is none: a failure that a caller may decide on, with a detail for people. Prints the outcome only:
/// values may be secret.
/// </summary>
public readonly record struct Result<T, TFailure>
    where TFailure : struct
{
    private readonly T? _value;

    private Result(T? value, TFailure? failure, string? detail)
    {
        _value = value;
        Failure = failure;
        Detail = detail;
        IsSet = true;
    }

    /// <summary>False for <c>default</c>, which <see cref="TryGet"/> refuses.</summary>
    private bool IsSet { get; }

    /// <summary>Null on success.</summary>
    public TFailure? Failure { get; }

    /// <summary>For operators' logs: never sent to a caller, never secret.</summary>
    public string? Detail { get; }

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        Invariant.Require(IsSet);
        value = _value;
        return Failure is null;
    }

    /// <summary>For who does not ask why: the value, or <c>default</c>.</summary>
    public T? GetValueOrDefault() => TryGet(out var value) ? value : default;

    public static Result<T, TFailure> Ok(T value) => new(value, null, null);

    public static Result<T, TFailure> Fail(TFailure failure, string? detail = null) => new(default, failure, detail);

    /// <summary>Carries a failure over to another type.</summary>
    public Result<TOther, TFailure> As<TOther>()
    {
        Invariant.Require(Failure is not null);
        return Result<TOther, TFailure>.Fail(Failure.Value, Detail);
    }

    public override string ToString() => Failure is { } failure ? $"{failure}" : "Ok";
}
