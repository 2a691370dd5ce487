namespace Kms.Sim.Network;

/// <summary>One direction between two parties.</summary>
internal sealed class Link
{
    /// <summary>Nothing passes.</summary>
    public bool IsCut { get; set; }

    /// <summary>Messages are held until this virtual time (a clogged queue), then all come at once.</summary>
    public TimeSpan CloggedUntil { get; set; }

    public TimeSpan ExtraDelay { get; set; }

    /// <summary>Each message is delayed by up to this, so that later ones overtake.</summary>
    public TimeSpan Jitter { get; set; }

    public double Loss { get; set; }

    public double Duplicates { get; set; }

    public void Heal()
    {
        IsCut = false;
        CloggedUntil = TimeSpan.Zero;
        ExtraDelay = TimeSpan.Zero;
        Jitter = TimeSpan.Zero;
        Loss = 0;
        Duplicates = 0;
    }
}
