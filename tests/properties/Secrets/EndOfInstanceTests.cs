using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;
using Kms.Properties.Fakes;

namespace Kms.Properties.Secrets;

/// <summary>When the platform's verdict about this very instance has stood long enough to destroy what it holds (design §4, amended).</summary>
public sealed class EndOfInstanceTests
{
    private const long StepMs = Limits.ChainStaleAfterMs;

    [Fact]
    public void A_verdict_stands_after_its_time_of_fresh_views_and_not_before()
    {
        var end = new EndOfInstance();
        long now = 1_000;
        end.Observe(true, isFresh: true, now);
        for (long passed = 0; passed < Limits.EndedDestroyAfterMs; passed += StepMs)
        {
            end.HasStood.ShouldBeFalse($"after {passed} ms");
            end.Observe(true, isFresh: true, now += StepMs);
        }

        end.HasStood.ShouldBeTrue();
    }

    [Theory]
    [InlineData("a gap of a week")]
    [InlineData("stale views for a week")]
    [InlineData("one look that says active")]
    [InlineData("one fresh look that says nothing")]
    [InlineData("a deep reorganisation")]
    public void Time_that_nobody_saw_does_not_count_and_a_break_starts_over(string what)
    {
        var end = new EndOfInstance();
        long now = 1_000;
        Stand(end, ref now, Limits.EndedDestroyAfterMs - StepMs);
        switch (what)
        {
            case "a gap of a week":
                now += 7 * Limits.EndedDestroyAfterMs;
                end.Observe(true, isFresh: true, now);
                break;
            case "stale views for a week":
                for (int i = 0; i < 7; i++)
                {
                    end.Observe(true, isFresh: false, now += Limits.EndedDestroyAfterMs);
                }

                break;
            case "one look that says active":
                end.Observe(false, isFresh: true, now);
                Stand(end, ref now, Limits.EndedDestroyAfterMs - StepMs);
                break;
            case "one fresh look that says nothing":
                end.Observe(null, isFresh: true, now);
                Stand(end, ref now, Limits.EndedDestroyAfterMs - StepMs);
                break;
            default:
                end.Forget();
                Stand(end, ref now, Limits.EndedDestroyAfterMs - StepMs);
                break;
        }

        end.HasStood.ShouldBeFalse();
        Stand(end, ref now, StepMs);
        end.HasStood.ShouldBeTrue();
    }

    [Property(MaxTest = 500)]
    public void It_never_stands_before_a_whole_day_was_seen_without_a_break(int seed)
    {
        var random = new Random(seed);
        var end = new EndOfInstance();
        long now = 0;
        long seen = 0;
        bool lastFreshEnded = false;
        for (int i = 0; i < 2_000; i++)
        {
            long step = random.Next(50) == 0 ? random.NextInt64(Limits.EndedDestroyAfterMs * 2) : random.NextInt64(StepMs + 1);
            bool? ended = random.Next(400) == 0 ? random.Next(2) == 0 ? false : null : true;
            bool fresh = random.Next(100) != 0;
            now += step;
            end.Observe(ended, fresh, now);

            // The same rule, told the other way round.
            bool counts = ended == true && fresh && lastFreshEnded && step <= StepMs;
            bool starts = ended == false || (ended is null && fresh);
            seen = starts ? 0 : counts ? seen + step : seen;
            lastFreshEnded = ended == true && fresh;
            end.HasStood.ShouldBe(seen >= Limits.EndedDestroyAfterMs);
        }
    }

    [Theory]
    [InlineData("active", false)]
    [InlineData("stopped", true)]
    [InlineData("failed", true)]
    [InlineData("version revoked", true)]
    [InlineData("version deprecated", false)]
    [InlineData("another version revoked", false)]
    [InlineData("another app's version revoked", false)]
    [InlineData("stopped, of another app", false)]
    [InlineData("stopped, of another wallet", false)]
    [InlineData("unknown", false)]
    [InlineData("version unknown", false)]
    public void Only_this_instance_s_own_end_and_its_own_version_s_count(string how, bool isEnded)
    {
        var instance = Views.Instance(1);
        var version = Views.Operator(1).Version!;
        var stopped = instance with { Status = InstanceStatus.Stopped };
        var revoked = version with { Status = VersionStatus.Revoked };
        var (of, by) = how switch
        {
            "active" => (instance, version),
            "stopped" => (stopped, version),
            "failed" => (instance with { Status = InstanceStatus.Failed }, version),
            "version revoked" => (instance, revoked),
            "version deprecated" => (instance, version with { Status = VersionStatus.Deprecated }),
            "another version revoked" => (instance, revoked with { Id = VersionId.From(9) }),
            "another app's version revoked" => (instance, revoked with { App = AppId.From(8) }),
            "stopped, of another app" => (stopped with { App = AppId.From(8) }, version),
            "stopped, of another wallet" => (stopped with { Wallet = Views.Wallet(2) }, version),
            "unknown" => ((InstanceRecord?)null, (VersionRecord?)null),
            _ => (instance, null),
        };
        EndOfInstance.IsEnded(Views.Wallet(1), Views.App, of, by).ShouldBe(isEnded);
        EndOfInstance.IsEnded(Views.Wallet(1), null, of, by).ShouldBeFalse("no app is ours");
    }

    private static void Stand(EndOfInstance end, ref long now, long forMs)
    {
        end.Observe(true, isFresh: true, now);
        for (long passed = 0; passed < forMs; passed += StepMs)
        {
            end.Observe(true, isFresh: true, now += StepMs);
        }
    }
}
