using System.Globalization;
using Kms.Core;

namespace Kms.Sim.Components;

/// <summary>Callers who share one run of the same work.</summary>
internal static class FlightComponents
{
    /// <summary>Nobody gets an answer that another had before it asked, and nobody waits for ever when the leader fails.</summary>
    public static async Task ShareAsync(ComponentRun run)
    {
        var flight = new SingleFlight<int>();
        int started = 0;
        int finished = 0;
        int failAt = run.Random.Chance(0.4) ? 1 + run.Random.Below(2) : -1;
        int returned = 0;
        int answered = 0;
        async Task<int> Work()
        {
            int number = ++started;
            run.Require(started - finished <= 1, "OneAtATime", $"{started - finished} runs at the same time");
            await Task.Yield();
            finished++;
            return number == failAt ? throw new InvalidDataException("the work fails") : number;
        }

        Func<Task> ask = async () =>
        {
            int before = returned;
            try
            {
                int got = await flight.RunAsync(Work);
                run.Note("caller", got.ToString(CultureInfo.InvariantCulture));
                run.Require(got > before, "NoStaleAnswer", $"run {got}, but somebody had run {before}'s answer when it asked");
                returned = Math.Max(returned, got);
                run.Sometimes("answered");
            }
            catch (InvalidDataException)
            {
                run.Sometimes("the leader failed");
            }
            catch (OperationCanceledException)
            {
                run.Sometimes("a follower was let go");
            }

            Interlocked.Increment(ref answered);
        };
        await ComponentRun.TogetherAsync(ask, ask, ask, ask);
        run.Require(answered == 4, "EveryRequestEnds", "a caller never heard");
    }
}
