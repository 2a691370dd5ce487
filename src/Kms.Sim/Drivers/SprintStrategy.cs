namespace Kms.Sim.Drivers;

/// <summary>How Coyote picks the next operation.</summary>
internal enum SprintStrategy
{
    /// <summary>Any of those that can run, at every point.</summary>
    Random,

    /// <summary>Stays with the running operation mostly: long undisturbed stretches, few but arbitrary switches.</summary>
    Probabilistic,

    /// <summary>Probabilistic concurrency testing: priorities, changed at a few points of a schedule whose length an earlier one told.</summary>
    Prioritization,
}
