namespace Kms.Core;

/// <summary>
/// A source with <see cref="TaskCreationOptions.RunContinuationsAsynchronously"/> completes <c>Task.WhenAny</c> and
/// <c>Task.WhenAll</c> on the thread pool, outside of the caller's context and so outside of the simulator's event loop.
/// An await in between comes back to the caller's context first.
/// </summary>
internal static class CallerContext
{
    public static async Task ReturnAsync(Task task) => await task;

    public static async Task<T> ReturnAsync<T>(Task<T> task) => await task;
}
