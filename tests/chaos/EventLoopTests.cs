using Kms.Sim.Kernel;

namespace Kms.Chaos;

/// <summary>A run that cannot go on is given up, and says so.</summary>
public sealed class EventLoopTests
{
    [Fact]
    public void A_step_that_goes_round_without_end_is_noticed()
    {
        bool isOver = false;
        using var loop = new EventLoop(null) { LooksAtOneStep = 1 };
        loop.After(TimeSpan.Zero, () =>
        {
            while (!Volatile.Read(ref isOver))
            {
                Thread.Yield();
            }
        });

        loop.Run(TimeSpan.FromSeconds(1), () => false, () => { });

        Volatile.Write(ref isOver, true);
        loop.IsEndless.ShouldBeTrue();
        loop.IsStuck.ShouldBeFalse("nobody waits for a lock");
    }
}
