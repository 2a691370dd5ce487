namespace Kms.Core.Store;

/// <summary>Outcome of a put. Only <see cref="Stored"/> changed anything.</summary>
internal abstract record PutResult
{
    private PutResult()
    {
    }

    /// <param name="Version">Opaque to clients.</param>
    /// <param name="UpdatedAtMs">Hybrid timestamp, Unix milliseconds.</param>
    /// <param name="Id">For <c>ack=quorum</c>.</param>
    public sealed record Stored(string Version, long UpdatedAtMs, WriteId Id) : PutResult;

    /// <summary><c>if_version</c> named another version than this replica holds.</summary>
    /// <param name="Current"><see cref="RecordVersion.None"/> when the key does not exist.</param>
    public sealed record Conflict(string Current) : PutResult;

    /// <summary>The app's bytes or number of keys would exceed its quota (507, never an eviction).</summary>
    public sealed record QuotaExceeded : PutResult;

    /// <summary>The node's global limit is reached (507).</summary>
    public sealed record StoreFull : PutResult;

    /// <summary>The app's recently deleted keys fill its record count: a new key must wait for their retention (507).</summary>
    public sealed record TombstonesFull : PutResult;

    /// <summary>The epoch's secret is not usable here (503).</summary>
    public sealed record EpochUnavailable : PutResult;
}
