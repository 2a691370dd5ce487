using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Ports;

/// <summary>A value from a peer, or the reason there is none.</summary>
public readonly record struct TransportResult<T>
{
    private readonly T? _value;

    private TransportResult(T? value, TransportFailure? failure, string? detail)
    {
        _value = value;
        Failure = failure;
        Detail = detail;
        IsSet = true;
    }

    private bool IsSet { get; }

    /// <summary>Null on success.</summary>
    public TransportFailure? Failure { get; }

    /// <summary>For operators' logs: never sent to a caller, never secret.</summary>
    public string? Detail { get; }

    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        Invariant.Require(IsSet);
        value = _value;
        return Failure is null;
    }

    public static TransportResult<T> Ok(T value) => new(value, null, null);

    public static TransportResult<T> Fail(TransportFailure failure, string detail) => new(default, failure, detail);

    /// <summary>Carries a failure over to another type.</summary>
    public TransportResult<TOther> As<TOther>()
    {
        Invariant.Require(Failure is not null);
        return TransportResult<TOther>.Fail(Failure.Value, Detail ?? string.Empty);
    }
}
