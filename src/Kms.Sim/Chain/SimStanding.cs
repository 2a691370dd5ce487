namespace Kms.Sim.Chain;

/// <summary>What KMSRegistry finds a wallet to be; ordered as the contract's <c>Standing</c>.</summary>
internal enum SimStanding
{
    /// <summary>There is no complete record of the app, the instance or its version.</summary>
    Unreadable,
    AppNotActive,
    Suspended,
    Stranger,

    /// <summary>The version may be DEPRECATED.</summary>
    Member,
    Eligible,
}
