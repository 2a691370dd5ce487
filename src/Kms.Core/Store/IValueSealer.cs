using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>Seals and opens stored values under an epoch's app data key. Implemented by the secret ring.</summary>
internal interface IValueSealer
{
    /// <summary>nonce (12) ‖ ciphertext ‖ tag (16), AES-256-GCM; false when the epoch's secret is not usable here.</summary>
    bool TrySeal(AppId app, Epoch epoch, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, out byte[] sealedValue);

    /// <summary>The caller zeroes the plaintext.</summary>
    SealerOpenResult TryOpen(AppId app, Epoch epoch, ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> associatedData, out byte[] plaintext);
}
