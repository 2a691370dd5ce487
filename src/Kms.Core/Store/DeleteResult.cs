namespace Kms.Core.Store;

/// <summary>Outcome of a delete.</summary>
internal abstract record DeleteResult
{
    private DeleteResult()
    {
    }

    /// <param name="Existed">False when the key was not live here; nothing was written then.</param>
    /// <param name="Id">The tombstone's write id; null when nothing was written.</param>
    public sealed record Deleted(bool Existed, WriteId? Id) : DeleteResult;

    /// <summary>The epoch's secret is not usable here (503).</summary>
    public sealed record EpochUnavailable : DeleteResult;
}
