using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>The time that a handler of a node may take, while the node is awake: one that was paused is late without a fault of its own.</summary>
internal sealed class HandlerWatch
{
    private readonly ISimLoop _loop;
    private readonly NodeLife _life;
    private readonly TimeSpan _limit;
    private readonly Action _late;
    private SimTimer _timer;
    private bool _ended;

    public HandlerWatch(ISimLoop loop, NodeLife life, TimeSpan limit, Action late)
    {
        _loop = loop;
        _life = life;
        _limit = limit;
        _late = late;
        _timer = life.After(limit, Look);
    }

    public void End()
    {
        _ended = true;
        _timer.Cancel();
    }

    private void Look()
    {
        // A paused node's timers wait for it too: this one may have been due while the handler could not go on.
        if (_ended)
        {
            return;
        }

        var left = _life.AwakeSince + _limit - _loop.Now;
        if (left > TimeSpan.Zero)
        {
            _timer = _life.After(left, Look);
        }
        else
        {
            _late();
        }
    }
}
