using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Kms.Sim.Drivers.Constructs;

/// <summary>
/// What Coyote 1.7.11 makes of what code may use, on this runtime. Measured again by a test, so that another version that controls
/// more, or less, is noticed. Core bans whatever is not controlled, and the span overloads, ContinueWith and WaitAsync too: simple
/// uses are controlled, as measured here, others ended in errors or false deadlocks.
/// </summary>
internal static class ConstructTable
{
    private const uint Schedules = 60;

    /// <summary>Real time after which a step that blocks its thread counts as an error.</summary>
    private const uint StuckAfterMs = 3_000;

    public static IReadOnlyList<Construct> All { get; } =
    [
        new("Task.Run", Control.Controlled, order => Two(order, _ => { })),
        new("await Task.Yield()", Control.Controlled, order => Two(order, async _ => await Task.Yield())),
        new("Task.WhenAny(Task[])", Control.Controlled, async order =>
        {
            Task<string>[] tasks = [Task.Run(() => "a"), Task.Run(() => "b")];
            order.Add(await await Task.WhenAny(tasks));
            await Task.WhenAll(tasks);
        }),
        new("Task.WhenAll(a, b)", Control.Controlled, async order =>
        {
            Task one = TellAsync(order, "a");
            Task two = TellAsync(order, "b");
            await Task.WhenAll(one, two);
        }),
        new("Task.WhenAll(Task<T>, Task<T>)", Control.Unseen, async order =>
        {
            var both = await Task.WhenAll(Task.Run(() => "a"), Task.Run(async () =>
            {
                await Task.Yield();
                return "b";
            }));
            order.AddRange(both);
        }),
        new("Task.WhenAny(a, b)", Control.Controlled, async order =>
        {
            Task one = TellAsync(order, "a");
            Task two = TellAsync(order, "b");
            await Task.WhenAny(one, two);
            await one;
            await two;
        }),
        new("Task.WhenEach", Control.Error, async order =>
        {
            Task[] tasks = [TellAsync(order, "a"), TellAsync(order, "b")];
            await foreach (var one in Task.WhenEach(tasks))
            {
                await one;
            }
        }),
        new("ChannelReader.ReadAllAsync", Control.Error, async order =>
        {
            var channel = Channel.CreateUnbounded<string>();
            Task[] writers =
            [
                Task.Run(async () =>
                {
                    await Task.Yield();
                    channel.Writer.TryWrite("a");
                    channel.Writer.TryWrite("b");
                    channel.Writer.Complete();
                }),
            ];
            await foreach (var read in channel.Reader.ReadAllAsync())
            {
                order.Add(read);
            }

            await Task.WhenAll(writers);
        }),
        new("Timer", Control.Unseen, async order =>
        {
            var source = new TaskCompletionSource();
            await using var timer = new Timer(_ => source.TrySetResult(), null, 1, Timeout.Infinite);
            await source.Task;
            order.Add("done");
        }),
        new("SemaphoreSlim.WaitAsync(TimeSpan)", Control.Error, async order =>
        {
            using var semaphore = new SemaphoreSlim(0);
            order.Add($"{await semaphore.WaitAsync(TimeSpan.FromMilliseconds(1))}");
        }),
        new("Task.WaitAsync(TimeSpan)", Control.Controlled, async order =>
        {
            var source = new TaskCompletionSource();
            Func<Task> wait = async () =>
            {
                await source.Task.WaitAsync(TimeSpan.FromMinutes(1));
                order.Add("waited");
            };
            Task[] tasks = [Task.Run(wait), Task.Run(source.SetResult), TellAsync(order, "other")];
            await Task.WhenAll(tasks);
        }),
        new("ReaderWriterLockSlim", Control.Unseen, order =>
        {
            var gate = new ReaderWriterLockSlim();
            return LoseAnUpdate(
                order,
                step =>
                {
                    gate.EnterWriteLock();
                    step();
                    gate.ExitWriteLock();
                },
                inOrder: false);
        }),
        new("lock (object)", Control.Controlled, order =>
        {
            object gate = new();
            return LoseAnUpdate(
                order,
                step =>
                {
                    lock (gate)
                    {
                        step();
                    }
                },
                inOrder: true);
        }),
        new("two locks in opposite order", Control.Error, async order =>
        {
            object one = new();
            object two = new();
            Task[] tasks = [Task.Run(() => Nest(one, two)), Task.Run(() => Nest(two, one))];
            await Task.WhenAll(tasks);
            order.Add("done");
        }),
        new("System.Threading.Lock", Control.Unseen, order =>
        {
            Lock gate = new();
            return LoseAnUpdate(
                order,
                step =>
                {
                    lock (gate)
                    {
                        step();
                    }
                },
                inOrder: false);
        }),
        new("TaskCompletionSource", Control.Controlled, async order =>
        {
            var source = new TaskCompletionSource();
            Task[] tasks =
            [
                Task.Run(async () =>
                {
                    await source.Task;
                    order.Add("waited");
                }),
                Task.Run(() =>
                {
                    source.SetResult();
                    order.Add("set");
                }),
            ];
            await Task.WhenAll(tasks);
        }),
        new("CancellationToken.Register", Control.Controlled, async order =>
        {
            using var source = new CancellationTokenSource();
            Task[] tasks =
            [
                Task.Run(() => source.Token.Register(() => order.Add("cancelled"))),
                Task.Run(() =>
                {
                    source.Cancel();
                    order.Add("cancels");
                }),
            ];
            await Task.WhenAll(tasks);
        }),
        new("CancellationTokenSource.CancelAsync", Control.Error, async order =>
        {
            using var source = new CancellationTokenSource();
            source.Token.Register(() => order.Add("cancelled"));
            await Task.Run(source.CancelAsync);
        }),
        new("CancellationTokenSource.CancelAfter", Control.Unseen, async order =>
        {
            using var source = new CancellationTokenSource();
            source.CancelAfter(TimeSpan.FromMinutes(1));
            await Task.Yield();
            order.Add($"{source.IsCancellationRequested}");
        }),
        new("Channel, WaitToReadAsync and TryRead", Control.Controlled, async order =>
        {
            var channel = Channel.CreateUnbounded<string>();
            Task[] writers = [Task.Run(() => channel.Writer.TryWrite("a")), Task.Run(() => channel.Writer.TryWrite("b"))];
            while (order.Count < 2 && await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out var read))
                {
                    order.Add(read);
                }
            }

            await Task.WhenAll(writers);
        }),
        new("ConcurrentDictionary", Control.Controlled, order =>
        {
            var map = new ConcurrentDictionary<int, int>();
            return Two(order, number => map.TryAdd(number, number), () => $"{map.Count}");
        }),
        new("Interlocked", Control.Controlled, order =>
        {
            int value = 0;
            return Two(order, _ => Interlocked.Increment(ref value), () => $"{value}");
        }),
        new("await foreach over an async iterator", Control.Controlled, order => Two(order, async number =>
        {
            await foreach (int one in CountAsync(number))
            {
                _ = one;
            }
        })),
        new("await using", Control.Controlled, order => Two(order, async _ =>
        {
            await using var left = new Left();
        })),
        new("Task.ContinueWith", Control.Controlled, async order =>
        {
            Task[] tasks =
            [
                Task.Run(async () => await Task.Yield()).ContinueWith(_ => order.Add("continued"), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default),
                TellAsync(order, "other"),
            ];
            await Task.WhenAll(tasks);
        }),
        new("Task.WaitAsync", Control.Controlled, async order =>
        {
            var source = new TaskCompletionSource();
            using var cancel = new CancellationTokenSource();
            Func<Task> wait = async () =>
            {
                await source.Task.WaitAsync(cancel.Token);
                order.Add("waited");
            };
            Task[] tasks = [Task.Run(wait), Task.Run(source.SetResult), TellAsync(order, "other")];
            await Task.WhenAll(tasks);
        }),
        new("DateTimeOffset.UtcNow", Control.Unseen, async order =>
        {
            _ = DateTimeOffset.UtcNow;
            await Task.Yield();
            order.Add("done");
        }),
    ];

    /// <summary>Measures one construct.</summary>
    /// <returns>What it is, and why.</returns>
    public static (Control Control, string Why) Measure(Construct construct)
    {
        var orders = new SortedSet<string>(StringComparer.Ordinal);
        for (uint seed = 1; seed <= Schedules; seed++)
        {
            var order = new List<string>();
            var outcome = SprintEngine.Run(new SprintSchedule(SprintStrategy.Random, seed, 0, 1), null, () => construct.Body(order), StuckAfterMs);
            if (outcome.Bug is { } bug)
            {
                return (Control.Error, bug.ReplaceLineEndings(" "));
            }

            orders.Add(string.Join(' ', order));
        }

        return (orders.Count > 1 ? Control.Controlled : Control.Unseen, string.Join(" | ", orders));
    }

    private static void Nest(object outer, object inner)
    {
        lock (outer)
        {
            lock (inner)
            {
                GC.KeepAlive(inner);
            }
        }
    }

    /// <summary>Two read in one lock and write in another.</summary>
    /// <param name="guarded">Runs a step under the lock that is tried.</param>
    private static Task LoseAnUpdate(List<string> order, Action<Action> guarded, bool inOrder)
    {
        int value = 0;
        return Two(
            order,
            _ =>
            {
                int read = 0;
                guarded(() => read = value);
                guarded(() => value = read + 1);
            },
            () => $"{value}",
            inOrder);
    }

    private static Task Two(List<string> order, Action<int> work, Func<string>? result = null, bool inOrder = true) => Two(
        order,
        number =>
        {
            work(number);
            return Task.CompletedTask;
        },
        result,
        inOrder);

    /// <param name="inOrder">Tells who came first; off where only the result counts.</param>
    private static async Task Two(List<string> order, Func<int, Task> work, Func<string>? result = null, bool inOrder = true)
    {
        Func<int, Task> run = async number =>
        {
            await work(number);
            if (inOrder)
            {
                order.Add($"{number}");
            }
        };
        Task[] tasks = [Task.Run(() => run(1)), Task.Run(() => run(2))];
        await Task.WhenAll(tasks);
        order.Add(result?.Invoke() ?? string.Empty);
    }

    private static async Task TellAsync(List<string> order, string who)
    {
        await Task.Yield();
        order.Add(who);
    }

    private static async IAsyncEnumerable<int> CountAsync(int to)
    {
        for (int i = 0; i < to; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private sealed class Left : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Task.Yield();
    }
}
