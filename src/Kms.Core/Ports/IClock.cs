namespace Kms.Core.Ports;

/// <summary>Time. Nothing that protects anything may depend on <see cref="UtcNow"/>: the host sets that clock.</summary>
public interface IClock
{
    /// <summary>Wall clock, for display only.</summary>
    DateTimeOffset UtcNow { get; }

    /// <summary>Monotonic time since an arbitrary start: the base of every expiry and timeout.</summary>
    TimeSpan Elapsed { get; }

    /// <summary>Completes after the duration; faults with <see cref="OperationCanceledException"/> when cancelled.</summary>
    Task DelayAsync(TimeSpan duration, CancellationToken cancel);
}
