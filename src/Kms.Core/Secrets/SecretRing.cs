using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Secrets;

/// <summary>
/// The secrets this node holds, by epoch: candidate, active, quarantined. Everything derived from a secret lives inside its
/// entry, so installing, quarantining or destroying an entry invalidates all of it at once (finding C2).
/// </summary>
internal sealed class SecretRing : IValueSealer, IDisposable
{
    public SecretRing(NodeRandom random) => throw new NotImplementedException();

    /// <summary>Derives an app key; false when the epoch's secret is not active here (503 epoch_unavailable).</summary>
    public bool TryDeriveApp(Epoch epoch, AppId app, DerivationInput input, Span<byte> output) => throw new NotImplementedException();

    /// <summary>32-byte peer channel key of an epoch for two wallets (order matters: initiator, responder).</summary>
    public bool TryDeriveChannelKey(Epoch epoch, WalletAddress initiator, WalletAddress responder, Span<byte> key) => throw new NotImplementedException();

    public bool TrySeal(AppId app, Epoch epoch, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, out byte[] sealedValue) => throw new NotImplementedException();

    public SealerOpenResult TryOpen(AppId app, Epoch epoch, ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> associatedData, out byte[] plaintext) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
