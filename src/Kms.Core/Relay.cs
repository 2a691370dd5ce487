namespace Kms.Core;

/// <summary>
/// Waits for a completion source's task where the caller runs. Task.WhenAll and Task.WhenAny hand the completion of a source with
/// asynchronous continuations to the thread pool, which escapes a single-threaded event loop; an await does not.
/// </summary>
internal static class Relay
{
    public static async Task AwaitAsync(Task source) => await source;

    public static async Task<T> AwaitAsync<T>(Task<T> source) => await source;
}
