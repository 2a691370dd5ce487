namespace Kms.Core.Membership;

/// <summary>Why the chain's heads are too old to decide on.</summary>
internal enum HeadStaleness
{
    /// <summary>There is no trusted time to compare them with.</summary>
    NoTrustedTime,

    /// <summary>The latest head trails trusted time: the chain, its endpoint or the way to it stands still.</summary>
    Latest,

    /// <summary>The final head trails trusted time by more than the finality rule explains.</summary>
    Final,
}
