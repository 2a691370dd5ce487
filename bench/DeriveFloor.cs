using System.Security.Cryptography;
using System.Text;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Benchmarks;

/// <summary>The primitives that no implementation of one derive can avoid: a recovery, AES-256-GCM both ways, HKDF, signatures.</summary>
internal sealed class DeriveFloor
{
    private readonly byte[] _key = Inputs.Filled(1, 32);
    private readonly byte[] _nonce = Inputs.Filled(2, 12);
    private readonly byte[] _plaintext = Encoding.UTF8.GetBytes(DerivePipelineBenchmarks.Inner);
    private readonly byte[] _ciphertext = new byte[DerivePipelineBenchmarks.Inner.Length];
    private readonly byte[] _tag = new byte[16];
    private readonly byte[] _output = new byte[32];
    private readonly byte[] _compact = new byte[64];
    private readonly byte[] _point = new byte[65];
    private readonly byte[] _scalar = Inputs.Filled(7, 32);
    private readonly byte[] _digest = PersonalMessage.Digest("floor").ToArray();
    private readonly LibSecp256k1 _native = new();
    private readonly int _parity;

    public DeriveFloor() => _parity = _native.Sign(_scalar, _digest, _compact);

    /// <param name="signatures">Of the answer: one for v1, two for v2.</param>
    public byte[] Once(int signatures)
    {
        _native.TryRecover(_digest, _compact, _parity, _point);
        using var aes = new AesGcm(_key, 16);
        aes.Encrypt(_nonce, _plaintext, _ciphertext, _tag);
        aes.Decrypt(_nonce, _ciphertext, _tag, _plaintext);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, _output, _nonce, _plaintext);
        for (int i = 0; i < signatures; i++)
        {
            _native.Sign(_scalar, _digest, _compact);
        }

        return _output;
    }
}
