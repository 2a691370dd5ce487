using System.Buffers.Binary;
using System.Security.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Properties.Fakes;

/// <summary>Real AES-256-GCM under keys that all test nodes share; nonces are counted, so runs repeat exactly.</summary>
internal sealed class TestSealer(int instance, params ulong[] epochs) : IValueSealer
{
    private ulong _nonce;

    /// <summary>Epochs whose secret this node has.</summary>
    public HashSet<ulong> Epochs { get; } = [.. epochs];

    public bool TrySeal(AppId app, Epoch epoch, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, out byte[] sealedValue)
    {
        sealedValue = [];
        if (!Epochs.Contains(epoch.Value))
        {
            return false;
        }

        sealedValue = new byte[plaintext.Length + 28];
        BinaryPrimitives.WriteInt32BigEndian(sealedValue, instance);
        BinaryPrimitives.WriteUInt64BigEndian(sealedValue.AsSpan(4), ++_nonce);
        using var aes = new AesGcm(Key(app, epoch), 16);
        aes.Encrypt(sealedValue.AsSpan(0, 12), plaintext, sealedValue.AsSpan(12, plaintext.Length), sealedValue.AsSpan(12 + plaintext.Length), associatedData);
        return true;
    }

    public SealerOpenResult TryOpen(AppId app, Epoch epoch, ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> associatedData, out byte[] plaintext)
    {
        plaintext = [];
        if (!Epochs.Contains(epoch.Value))
        {
            return SealerOpenResult.EpochUnavailable;
        }

        if (sealedValue.Length < 28)
        {
            return SealerOpenResult.NotAuthentic;
        }

        var opened = new byte[sealedValue.Length - 28];
        using var aes = new AesGcm(Key(app, epoch), 16);
        try
        {
            aes.Decrypt(sealedValue[..12], sealedValue[12..^16], sealedValue[^16..], opened, associatedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            return SealerOpenResult.NotAuthentic;
        }

        plaintext = opened;
        return SealerOpenResult.Opened;
    }

    private static byte[] Key(AppId app, Epoch epoch)
    {
        var input = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(input, app.Value);
        BinaryPrimitives.WriteUInt64BigEndian(input.AsSpan(8), epoch.Value);
        return SHA256.HashData(input);
    }
}
