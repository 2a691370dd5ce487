namespace Kms.Core.Authentication;

/// <summary>A nonce whose MAC this boot made: minted by <see cref="Nonces"/> alone. Not yet consumed.</summary>
internal sealed class Nonce
{
    internal Nonce(UInt128 id, long issuedAtMs)
    {
        Id = id;
        IssuedAtMs = issuedAtMs;
    }

    /// <summary>Its random part; two nonces of one boot never share it.</summary>
    public UInt128 Id { get; }

    /// <summary><see cref="Ports.IClock.Elapsed"/> at issue, in milliseconds.</summary>
    public long IssuedAtMs { get; }
}
