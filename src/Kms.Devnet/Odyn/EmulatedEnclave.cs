using System.Security.Cryptography;
using Kms.Core.Json;
using Kms.Devnet.Attestation;
using Org.BouncyCastle.Crypto.EC;
using BigInteger = Org.BouncyCastle.Math.BigInteger;

namespace Kms.Devnet.Odyn;

/// <summary>What one simulated enclave is made of: a wallet, a P-384 key, a measurement, and an issuer that attests for it.</summary>
/// <remarks>Made at boot and gone at shutdown, as in a real enclave: a restart is a new identity.</remarks>
internal sealed class EmulatedEnclave : IDisposable
{
    private const int KnownPeers = 1_024;
    private const int NonceBytes = 12;
    private readonly byte[] _walletScalar;
    private readonly EthereumPrivateKey _wallet;
    private readonly TeePrivateKey _tee;
    private readonly Ecies _exchange;
    private readonly SeenEnvelopes _opened = new();
    private readonly Func<AttestedFields, AttestedKeyForm, byte[]> _attest;

    private EmulatedEnclave(SupervisorBuild build, byte[] walletScalar, TeePrivateKey tee, Func<AttestedFields, AttestedKeyForm, byte[]> attest)
    {
        Build = build;
        _walletScalar = walletScalar;
        _wallet = EthereumPrivateKey.Import(walletScalar);
        _tee = tee;
        _exchange = new Ecies(tee, KnownPeers, build.Envelopes);
        _attest = attest;
    }

    public SupervisorBuild Build { get; }

    public WalletAddress Wallet => _wallet.Wallet;

    public TeePublicKey TeePublicKey => _tee.PublicKey;

    /// <summary>Draws a new identity from the system's generator.</summary>
    /// <param name="attest">Mints a document with these fields.</param>
    public static EmulatedEnclave Create(SupervisorBuild build, Func<AttestedFields, AttestedKeyForm, byte[]> attest)
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

            return new EmulatedEnclave(build, NewWalletScalar(), tee!, attest);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(teeScalar);
        }
    }

    /// <summary>v 0 or 1, as every build of the supervisor signs.</summary>
    public EthereumSignature SignMessage(string message) => _wallet.SignMessage(message).AsBare();

    /// <inheritdoc cref="SignMessage"/>
    public EthereumSignature SignDigest(Bytes32 digest) => _wallet.SignDigest(digest).AsBare();

    /// <summary>A fresh document, signed under the devnet's chain; false when its user data would be longer than the hypervisor takes.</summary>
    /// <param name="key">Null: the enclave's own, always as SPKI.</param>
    /// <param name="userData">The caller's object, or <see cref="JsonValue.Absent"/>: the wallet is written into it.</param>
    public bool TryAttest(ReadOnlyMemory<byte> nonce, TeePublicKey? key, JsonValue userData, out byte[] document)
    {
        byte[] written = Build.UserData(userData, Wallet);
        bool fits = written.Length <= Limits.MaxAttestedUserDataBytes;
        document = fits ? _attest(new AttestedFields(nonce, key ?? TeePublicKey, written), key is null ? AttestedKeyForm.Spki : Build.KeyForm) : [];
        return fits;
    }

    public OdynEnvelope Seal(ReadOnlySpan<byte> plaintext, TeePublicKey receiver)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
        RandomNumberGenerator.Fill(nonce);
        return _exchange.Seal(plaintext, receiver, nonce);
    }

    /// <summary>False when it does not authenticate, or when an envelope of that sender with that nonce was opened before.</summary>
    public bool TryOpen(OdynEnvelope envelope, out byte[] plaintext)
    {
        plaintext = [];
        return _opened.TryAdd(envelope.Sender, envelope.Nonce.Span[..NonceBytes]) && _exchange.TryOpen(envelope, out plaintext);
    }

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
