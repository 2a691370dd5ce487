using Kms.Sim.Kernel;

namespace Kms.Sim.World;

/// <summary>Exceptions where one incarnation of a node and its world touch: what a bug in an adapter, a driver or an embedder throws.</summary>
internal sealed class PortTrouble(ISimLoop loop, NodeLife life, ThrowingPorts faults, SimRandom random, EventLog log)
{
    /// <summary>Whether this call of a port ends in an exception.</summary>
    public bool IsDue(string port) => faults.Permille > 0 && (faults.Only ?? port) == port && random.Below(1_000) < faults.Permille;

    /// <summary>Throws at once, before there is a task, or later out of it.</summary>
    public Task<T> ThrowAsync<T>(string port, CancellationToken cancel)
    {
        log.Occurred($"{port} threw");
        var fault = Invent(port);
        return random.Chance(0.3) ? throw fault : life.FailAsync<T>(TimeSpan.FromMilliseconds(random.Between(0, 50)), fault, cancel);
    }

    /// <summary>What the embedder's callback does after it was told.</summary>
    public void Call(string callback)
    {
        if (faults.CallbacksBlockFor is not null && !life.IsDead)
        {
            log.Occurred($"{callback} blocked");
            loop.Block(faults.NewBlock(loop));
        }

        if (faults.CallbackPermille > 0 && random.Below(1_000) < faults.CallbackPermille)
        {
            log.Occurred($"{callback} threw");
            throw Invent(callback);
        }
    }

    /// <summary>A cancellation that nobody asked for is among them: HTTP clients throw it for their own timeouts.</summary>
    private Exception Invent(string where) => faults.Thrown ?? random.Below(7) switch
    {
        0 => new InvalidOperationException($"invented at {where}"),
        1 => new IOException($"invented at {where}"),
        2 => new TimeoutException($"invented at {where}"),
        3 => new TaskCanceledException($"invented at {where}"),
        4 => new ArgumentException($"invented at {where}"),
        5 => new FormatException($"invented at {where}"),
        _ => new KeyNotFoundException($"invented at {where}"),
    };
}
