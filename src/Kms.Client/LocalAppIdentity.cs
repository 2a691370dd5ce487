using System.Security.Cryptography;

namespace Kms.Client;

/// <summary>An app whose keys are in this process: devnets and tests.</summary>
public sealed class LocalAppIdentity : IAppIdentity, IDisposable
{
    private const int KnownNodes = 64;
    private const int NonceBytes = 12;
    private readonly EthereumPrivateKey _wallet;
    private readonly TeePrivateKey _tee;
    private readonly Ecies _exchange;

    /// <param name="wallet">Owned from now on.</param>
    /// <param name="tee">Owned from now on.</param>
    internal LocalAppIdentity(EthereumPrivateKey wallet, TeePrivateKey tee, EnvelopeScheme? scheme = null)
    {
        _wallet = wallet;
        _tee = tee;
        _exchange = new Ecies(tee, KnownNodes, scheme);
    }

    /// <summary>From the hex forms of <c>devnet.json</c>: a 32-byte scalar and a PKCS#8 key.</summary>
    /// <exception cref="FormatException">Either is not what it should be.</exception>
    /// <param name="scheme">What the nodes' supervisors speak (<c>app.envelopeScheme</c> of the file); the newest when null.</param>
    public static LocalAppIdentity FromHex(string walletPrivateKey, string teePrivateKeyPkcs8, EnvelopeScheme? scheme = null)
    {
        byte[] scalar = Hex.Decode(walletPrivateKey);
        byte[] pkcs8 = Hex.Decode(teePrivateKeyPkcs8);
        try
        {
            return TeePrivateKey.TryImportPkcs8(pkcs8, out var tee)
                ? new LocalAppIdentity(EthereumPrivateKey.Import(scalar), tee!, scheme)
                : throw new FormatException("the TEE private key is not a P-384 key in PKCS#8");
        }
        catch (ArgumentException error)
        {
            throw new FormatException("the wallet's private key is not 32 bytes below the group order", error);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    public Task<Result<EthereumSignature, OdynFailure>> SignAsync(string message, CancellationToken cancel) =>
        Task.FromResult(Result<EthereumSignature, OdynFailure>.Ok(_wallet.SignMessage(message)));

    public Task<Result<OdynEnvelope, OdynFailure>> SealAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes];
#pragma warning disable RS0030 // Outside of an enclave there is no Odyn to give randomness.
        RandomNumberGenerator.Fill(nonce);
#pragma warning restore RS0030
        return Task.FromResult(Result<OdynEnvelope, OdynFailure>.Ok(_exchange.Seal(plaintext.Span, receiver, nonce)));
    }

    public Task<Result<byte[], OdynFailure>> OpenAsync(OdynEnvelope envelope, CancellationToken cancel) =>
        Task.FromResult(_exchange.TryOpen(envelope, out byte[] plaintext)
            ? Result<byte[], OdynFailure>.Ok(plaintext)
            : Result<byte[], OdynFailure>.Fail(OdynFailure.Refused, "the envelope does not open"));

    public void Dispose()
    {
        _exchange.Dispose();
        _tee.Dispose();
        _wallet.Dispose();
    }
}
