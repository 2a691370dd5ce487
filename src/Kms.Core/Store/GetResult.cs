namespace Kms.Core.Store;

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
