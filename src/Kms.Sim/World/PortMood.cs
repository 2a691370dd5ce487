namespace Kms.Sim.World;

/// <summary>How often the world of a node throws what no contract names; faults set it, healing resets it.</summary>
internal sealed class PortMood
{
    /// <summary>Of a thousand calls of any port: chain, Odyn, clock, transport.</summary>
    public int Permille { get; set; }

    /// <summary>Of a thousand calls back to the embedder: audit events and changes of state.</summary>
    public int CallbackPermille { get; set; }

    public void Heal()
    {
        Permille = 0;
        CallbackPermille = 0;
    }
}
