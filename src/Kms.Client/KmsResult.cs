using System.Diagnostics.CodeAnalysis;

namespace Kms.Client;

/// <summary>A value from the KMS, or why there is none. Prints only the outcome: values may be secret.</summary>
public sealed class KmsResult<T>
{
    private readonly T? _value;

    private KmsResult(T? value, KmsFailure? failure, string code, string detail)
    {
        _value = value;
        Failure = failure;
        Code = code;
        Detail = detail;
    }

    /// <summary>Null on success.</summary>
    public KmsFailure? Failure { get; }

    /// <summary>The node's stable error code (docs/spec/errors.md), or empty.</summary>
    public string Code { get; }

    /// <summary>One line for people.</summary>
    public string Detail { get; }

    public static KmsResult<T> Ok(T value) => new(value, null, string.Empty, string.Empty);

    public static KmsResult<T> Fail(KmsFailure failure, string code, string detail) => new(default, failure, code, detail);

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return Failure is null;
    }

    /// <summary>Carries a failure over to another type.</summary>
    public KmsResult<TOther> As<TOther>()
    {
        Invariant.Require(Failure is not null);
        return KmsResult<TOther>.Fail(Failure.Value, Code, Detail);
    }

    public override string ToString() => Failure is { } failure ? $"{failure} {Code}" : "Ok";
}
