using System.Security.Cryptography;
using Kms.Core.Ports;
using Org.BouncyCastle.Crypto.EC;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace Kms.Hosting.Devnet.Odyn;

/// <summary>What one simulated enclave is made of: a wallet, a P-384 key, a measurement, and an issuer that attests for it.</summary>
/// <remarks>Made at boot and gone at shutdown, as in a real enclave: a restart is a new identity.</remarks>
internal sealed class EmulatedEnclave : IDisposable
{
    private const int KnownPeers = 1_024;
    private readonly byte[] _walletScalar;
    private readonly EthereumPrivateKey _wallet;
    private readonly TeePrivateKey _tee;
    private readonly SealedExchange _exchange;
    private readonly Func<AttestationRequest, byte[]> _attest;

    private EmulatedEnclave(byte[] walletScalar, TeePrivateKey tee, Func<AttestationRequest, byte[]> attest)
    {
        _walletScalar = walletScalar;
        _wallet = EthereumPrivateKey.Import(walletScalar);
        _tee = tee;
        _exchange = new SealedExchange(tee, KnownPeers);
        _attest = attest;
    }

    public WalletAddress Wallet => _wallet.Wallet;

    public TeePublicKey TeePublicKey => _tee.PublicKey;

    /// <summary>Draws a new identity from the system's generator.</summary>
    public static EmulatedEnclave Create(Func<AttestationRequest, byte[]> attest)
    {
        byte[] teeScalar = new byte[TeePrivateKey.ScalarBytes];
        try
        {
            TeePrivateKey? tee;
            do
            {
                RandomNumberGenerator.Fill(teeScalar);
            }
            while (!TeePrivateKey.TryImport(teeScalar, out tee));

            return new EmulatedEnclave(NewWalletScalar(), tee!, attest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(teeScalar);
        }
    }

    public EthereumSignature SignMessage(string message) => _wallet.SignMessage(message);

    public EthereumSignature SignDigest(Bytes32 digest) => _wallet.SignDigest(digest);

    /// <summary>A fresh document, signed under the devnet's chain.</summary>
    public byte[] Attest(AttestationRequest request) => _attest(request);

    public OdynEnvelope Seal(ReadOnlySpan<byte> plaintext, TeePublicKey receiver)
    {
        // Odyn draws 32 bytes and uses the first 12 (vectors/odyn-envelope.json).
        Span<byte> nonce = stackalloc byte[32];
        RandomNumberGenerator.Fill(nonce);
        return _exchange.Seal(plaintext, receiver, nonce);
    }

    public bool TryOpen(OdynEnvelope envelope, out byte[] plaintext) => _exchange.TryOpen(envelope, out plaintext);

    /// <summary>The uncompressed secp256k1 point, which Odyn shows next to the address.</summary>
    public string ExportWalletPublicKey() =>
        Hex.Encode(CustomNamedCurves.GetByName("secp256k1").G.Multiply(new BigInteger(1, _walletScalar)).Normalize().GetEncoded(compressed: false));

    /// <summary>For the devnet's file: the demo app's keys are public on purpose.</summary>
    public string ExportWalletPrivateKey() => Hex.Encode(_walletScalar);

    /// <inheritdoc cref="ExportWalletPrivateKey"/>
    public string ExportTeePrivateKeyPkcs8()
    {
        byte[] der = _tee.ExportPkcs8();
        string text = Hex.Encode(der);
        CryptographicOperations.ZeroMemory(der);
        return text;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_walletScalar);
        _exchange.Dispose();
        _tee.Dispose();
        _wallet.Dispose();
    }

    private static byte[] NewWalletScalar()
    {
        // Below 2^255, hence below the group order; zero does not happen.
        byte[] scalar = RandomNumberGenerator.GetBytes(32);
        scalar[0] &= 0x7f;
        return scalar;
    }
}
