namespace Kms.Sim.Drivers.Constructs;

/// <summary>What Coyote makes of a construct.</summary>
internal enum Control
{
    /// <summary>Explores more than one order, and says of none that it is a bug.</summary>
    Controlled,

    /// <summary>Ends the schedule with an error: something it cannot control, or a deadlock, false or true.</summary>
    Error,

    /// <summary>Says nothing and explores nothing: a race here would never be found.</summary>
    Unseen,
}
