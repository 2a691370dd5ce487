using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Ports;

/// <summary>A value from Odyn, or the reason there is none.</summary>
public readonly record struct OdynResult<T>
{
    private readonly T? _value;

    private OdynResult(T? value, OdynFailure? failure, string? detail)
    {
        _value = value;
        Failure = failure;
        Detail = detail;
        IsSet = true;
    }

    private bool IsSet { get; }

    /// <summary>Null on success.</summary>
    public OdynFailure? Failure { get; }

    /// <summary>For operators' logs: never sent to a caller, never secret.</summary>
    public string? Detail { get; }

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        Invariant.Require(IsSet);
        value = _value;
        return Failure is null;
    }

    /// <summary>Results carry secrets at times: print the outcome only.</summary>
    public override string ToString() => Failure is { } failure ? failure.ToString() : "Ok";

    public static OdynResult<T> Ok(T value) => new(value, null, null);

    public static OdynResult<T> Fail(OdynFailure failure, string detail) => new(default, failure, detail);

    /// <summary>Carries a failure over to another type.</summary>
    public OdynResult<TOther> As<TOther>()
    {
        Invariant.Require(Failure is not null);
        return OdynResult<TOther>.Fail(Failure.Value, Detail ?? string.Empty);
    }
}
