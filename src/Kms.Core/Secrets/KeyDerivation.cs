using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>HKDF-SHA256 (RFC 5869) from a master secret; salts and infos as in docs/spec/derivation.md.</summary>
internal static class KeyDerivation
{
    // Throws on lone surrogates: replacing them would map two inputs to one key.
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>App keys: salt <c>nova-kms:app:&lt;app&gt;</c>, with <c>:epoch:&lt;e&gt;</c> from epoch 2 on.</summary>
    public static void DeriveApp(MasterSecret secret, AppId app, Epoch epoch, DerivationInput input, Span<byte> output)
    {
        Invariant.Require(!app.IsDefault);
        Invariant.Require(!epoch.IsDefault);
        var salt = epoch.Value == 1 ? $"nova-kms:app:{app}" : $"nova-kms:app:{app}:epoch:{epoch}";
        Derive(secret, Encoding.ASCII.GetBytes(salt), Info(input), output);
    }

    /// <summary>Internal keys: salt <c>nova-kms:internal:&lt;epoch&gt;</c>, which no request can reach.</summary>
    /// <param name="purpose">E.g. <c>sync-channel</c>, <c>app-data:&lt;app&gt;</c>; ASCII.</param>
    public static void DeriveInternal(MasterSecret secret, Epoch epoch, string purpose, Span<byte> output)
    {
        Invariant.Require(!epoch.IsDefault);
        Invariant.Require(purpose.Length > 0);
        Invariant.Require(Ascii.IsValid(purpose));
        Derive(secret, Encoding.ASCII.GetBytes($"nova-kms:internal:{epoch}"), Encoding.ASCII.GetBytes(purpose), output);
    }

    private static byte[] Info(DerivationInput input) => input.Derivation switch
    {
        1 => StrictUtf8.GetBytes(input.Context.Length == 0 ? input.Path : $"{input.Path}:{input.Context}"),
        2 => InjectiveInfo(StrictUtf8.GetBytes(input.Path), StrictUtf8.GetBytes(input.Context)),
        _ => throw new InvariantException(string.Create(CultureInfo.InvariantCulture, $"derivation {input.Derivation}")),
    };

    private static byte[] InjectiveInfo(byte[] path, byte[] context)
    {
        var info = new byte[1 + sizeof(uint) + path.Length + sizeof(uint) + context.Length]; // public
        info[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(info.AsSpan(1), (uint)path.Length);
        path.CopyTo(info, 1 + sizeof(uint));
        BinaryPrimitives.WriteUInt32BigEndian(info.AsSpan(1 + sizeof(uint) + path.Length), (uint)context.Length);
        context.CopyTo(info, info.Length - context.Length);
        return info;
    }

    private static void Derive(MasterSecret secret, byte[] salt, byte[] info, Span<byte> output)
    {
        Invariant.Require(output.Length is > 0 and <= Limits.MaxDerivedBytes);
        Span<byte> key = stackalloc byte[MasterSecret.Size];
        try
        {
            secret.CopyTo(key, SecretKeyAccess.Derivation);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, key, output, salt, info);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}

/// <summary>What an app asks to derive; parsed and within limits.</summary>
/// <param name="Derivation">1: info is path or path:context (as existing clients). 2: injective, length-prefixed.</param>
internal sealed record DerivationInput(string Path, string Context, int Derivation);
