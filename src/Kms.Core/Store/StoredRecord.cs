using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>One key's newest write as it is stored and replicated. Immutable; the value is always sealed.</summary>
/// <param name="Sealed">nonce ‖ ciphertext ‖ tag under the epoch's app data key; a tombstone seals the empty value.</param>
/// <param name="Parent">The write that the writer replaced; null when it held nothing under the key.</param>
/// <param name="ExpiryMs">Unix milliseconds of trusted time; kept on the tombstone that expiry makes, absent on a deletion.</param>
internal sealed record StoredRecord(
    AppId App,
    string Key,
    ReadOnlyMemory<byte> Sealed,
    WriteId Id,
    WriteId? Parent,
    bool Tombstone,
    long? ExpiryMs,
    Epoch Epoch)
{
    /// <summary>Bytes that AES-256-GCM adds: nonce (12) and tag (16).</summary>
    public const int SealOverheadBytes = 28;

    public RecordName Name => new(App, Key);

    /// <summary>Length of the sealed plaintext.</summary>
    public int PlaintextBytes => Sealed.Length - SealOverheadBytes;

    public bool IsExpired(long nowMs) => !Tombstone && ExpiryMs <= nowMs;

    /// <summary>What the seal covers besides the value.</summary>
    public byte[] AssociatedData() => RecordAssociatedData.Encode(App, Key, Id, Parent, Tombstone, ExpiryMs, Epoch);

    /// <summary>Never the value, not even sealed.</summary>
    public override string ToString() => $"{Name} {RecordVersion.Format(Id)}{(Tombstone ? " tombstone" : "")} epoch {Epoch}";
}
