using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>
/// Seals a master secret for one peer (design §6): P-384 ECDH of two keys that live for this handover only, HKDF-SHA256 with
/// the hash of the whole transcript as salt and both keys in the info, AES-256-GCM. docs/spec/derivation.md has the bytes.
/// </summary>
internal static class HandoverSeal
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>nonce ‖ ciphertext ‖ tag.</summary>
    public const int SealedBytes = NonceBytes + MasterSecret.Size + TagBytes;

    /// <param name="ephemeral">The sender's key of this handover.</param>
    /// <param name="transcript">Every message of the handover in order, the same bytes on both sides.</param>
    public static byte[] Seal(MasterSecret secret, TeePrivateKey ephemeral, TeePublicKey peerEphemeral, ReadOnlySpan<byte> transcript, NodeRandom random)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> plaintext = stackalloc byte[MasterSecret.Size];
        var result = new byte[SealedBytes]; // public
        try
        {
            DeriveKey(ephemeral, peerEphemeral, ephemeral.PublicKey, peerEphemeral, transcript, key, hash);
            random.Fill(result.AsSpan(0, NonceBytes));
            secret.CopyTo(plaintext, SecretKeyAccess.Handover);
            using var aes = new AesGcm(key, TagBytes);
            aes.Encrypt(
                result.AsSpan(0, NonceBytes),
                plaintext,
                result.AsSpan(NonceBytes, MasterSecret.Size),
                result.AsSpan(NonceBytes + MasterSecret.Size),
                associatedData: hash);
            return result;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>False when it was sealed by another key, for another key, or over another transcript.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> sealedSecret, TeePrivateKey ephemeral, TeePublicKey peerEphemeral, ReadOnlySpan<byte> transcript, out MasterSecret? secret)
    {
        secret = null;
        if (sealedSecret.Length != SealedBytes)
        {
            return false;
        }

        Span<byte> key = stackalloc byte[KeyBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> plaintext = stackalloc byte[MasterSecret.Size];
        try
        {
            DeriveKey(ephemeral, peerEphemeral, peerEphemeral, ephemeral.PublicKey, transcript, key, hash);
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(
                sealedSecret[..NonceBytes],
                sealedSecret.Slice(NonceBytes, MasterSecret.Size),
                sealedSecret[(NonceBytes + MasterSecret.Size)..],
                plaintext,
                associatedData: hash);
            secret = MasterSecret.Import(plaintext);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plaintext);
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void DeriveKey(
        TeePrivateKey own,
        TeePublicKey peer,
        TeePublicKey sender,
        TeePublicKey receiver,
        ReadOnlySpan<byte> transcript,
        Span<byte> key,
        Span<byte> transcriptHash)
    {
        SHA256.HashData(transcript, transcriptHash);
        Span<byte> x = stackalloc byte[TeePrivateKey.ScalarBytes];
        try
        {
            own.Agree(peer, x);

            // Sender before receiver: a sealed secret sent back to its maker does not open.
            byte[] info = [.. "nova-kms:handover:1"u8, .. sender.Point, .. receiver.Point];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, x, key, salt: transcriptHash, info: info);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(x);
        }
    }
}
