using Kms.Sim.Kernel;

namespace Kms.Sim.World;

/// <summary>How often the world of a node throws what no contract names, and keeps what it should give back; faults set it, healing resets it.</summary>
internal sealed class ThrowingPorts
{
    private readonly List<TaskCompletionSource<bool>> _blocked = [];

    /// <summary>Of a thousand calls of any port: chain, Odyn, clock, transport.</summary>
    public int Permille { get; set; }

    /// <summary>The one port that throws, by its interface's name; null: all of them.</summary>
    public string? Only { get; set; }

    /// <summary>What is thrown; null: drawn each time.</summary>
    public Exception? Thrown { get; set; }

    /// <summary>Of a thousand calls back to the embedder: audit events and changes of state.</summary>
    public int CallbackPermille { get; set; }

    /// <summary>How long the embedder keeps whoever calls it; null: it does not.</summary>
    public TimeSpan? CallbacksBlockFor { get; set; }

    /// <summary>Somebody waits for the embedder to come back.</summary>
    public bool IsBlocked => _blocked.Count > 0;

    /// <summary>Completes when the embedder comes back.</summary>
    public Task NewBlock(ISimLoop loop)
    {
        lock (loop.Gate)
        {
            var back = loop.NewSource<bool>();
            _blocked.Add(back);
            loop.After(CallbacksBlockFor ?? TimeSpan.Zero, () => End(back));
            return back.Task;
        }
    }

    public void EndBlocks()
    {
        CallbacksBlockFor = null;
        foreach (var back in _blocked.ToArray())
        {
            End(back);
        }
    }

    public void Heal()
    {
        Permille = 0;
        CallbackPermille = 0;
        Only = null;
        Thrown = null;
        EndBlocks();
    }

    private void End(TaskCompletionSource<bool> back)
    {
        _blocked.Remove(back);
        back.TrySetResult(true);
    }
}
