namespace Kms.Sim.Network;

/// <summary>How a node's host, or a hostile member in its place, treats those who connect; faults set it, healing resets it.</summary>
internal sealed class HostManners
{
    /// <summary>Connections are accepted and nothing is ever said.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Answers trickle out byte by byte: complete only after this.</summary>
    public TimeSpan Trickle { get; set; }

    /// <summary>Changes what the node answers; null: it arrives as the node said it.</summary>
    public HostileAnswers? Hostile { get; set; }

    /// <summary>The host answers apps in the node's place, without the node's signature.</summary>
    public bool Forges { get; set; }

    public void Heal()
    {
        Forges = false;
        IsSilent = false;
        Trickle = TimeSpan.Zero;
        Hostile = null;
    }
}
