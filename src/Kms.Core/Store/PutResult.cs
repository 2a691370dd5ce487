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

/// <summary>Outcome of a get.</summary>
internal abstract record GetResult
{
    private GetResult()
    {
    }

    /// <param name="Value">Plaintext: the caller zeroes it.</param>
    public sealed record Found(byte[] Value, string Version, long UpdatedAtMs) : GetResult
    {
        /// <summary>Never the value.</summary>
        public override string ToString() => $"{nameof(Found)} {Version}";
    }

    public sealed record NotFound : GetResult;

    /// <summary>The record's epoch has no usable secret here (503).</summary>
    public sealed record EpochUnavailable : GetResult;

    /// <summary>The sealed value does not open: memory was damaged, or a bug (500, audited).</summary>
    public sealed record Corrupt : GetResult;
}

/// <summary>Live keys of an app.</summary>
/// <param name="Keys">In ordinal order, at most as many as asked for.</param>
/// <param name="Count">All live keys, also those beyond the limit.</param>
internal sealed record ListResult(IReadOnlyList<string> Keys, int Count);

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

/// <summary>What became of a record that a peer sent. The numbers are the wire's.</summary>
internal enum ReceiveVerdict
{
    /// <summary>Stored now, or held already.</summary>
    Stored = 0,

    /// <summary>A newer write is held.</summary>
    Superseded = 1,

    /// <summary>Cannot be judged yet: no secret for its epoch, or its timestamp is ahead of trusted time. Send it again later.</summary>
    Retry = 2,

    /// <summary>Not authentic or outside the protocol: never send it again.</summary>
    Invalid = 3,
}
