using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Cryptography;

/// <summary>HKDF-SHA256 (RFC 5869) from a master secret; salts and infos as in docs/spec/derivation.md.</summary>
internal static class KeyDerivation
{
    /// <summary>App keys: salt <c>nova-kms:app:&lt;app&gt;</c>, with <c>:epoch:&lt;e&gt;</c> from epoch 2 on.</summary>
    public static void DeriveApp(MasterSecret secret, AppId app, Epoch epoch, DerivationInput input, Span<byte> output) => throw new NotImplementedException();

    /// <summary>Internal keys: salt <c>nova-kms:internal:&lt;epoch&gt;</c>, which no request can reach.</summary>
    /// <param name="purpose">E.g. <c>sync-channel</c>, <c>app-data:&lt;app&gt;</c>; ASCII.</param>
    public static void DeriveInternal(MasterSecret secret, Epoch epoch, string purpose, Span<byte> output) => throw new NotImplementedException();
}
