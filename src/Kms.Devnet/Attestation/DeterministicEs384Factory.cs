using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Kms.Devnet.Attestation;

/// <summary>Signs certificates with ecdsa-with-SHA384 and RFC 6979 nonces; BouncyCastle's own factory draws random ones.</summary>
internal sealed class DeterministicEs384Factory(ECPrivateKeyParameters key) : ISignatureFactory
{
    public object AlgorithmDetails { get; } = new AlgorithmIdentifier(X9ObjectIdentifiers.ECDsaWithSha384);

    public IStreamCalculator<IBlockResult> CreateCalculator()
    {
        var signer = new DsaDigestSigner(NitroIssuerCertificate.Ecdsa(), new Sha384Digest());
        signer.Init(true, key);
        return new DefaultSignatureCalculator(signer);
    }
}
