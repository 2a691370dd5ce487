using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Sim.Enclave;

namespace Kms.Chaos;

/// <summary>Simulated enclaves sign fast, and what they sign is genuine: the verification that nodes use says so.</summary>
public class PreparedNoncesTests
{
    [Fact]
    public void Every_signature_recovers_to_its_signer()
    {
        for (int i = 0; i < 300; i++)
        {
            using var key = EthereumPrivateKey.Import(Keccak256.Hash([(byte)(i >> 8), (byte)i, 1]).ToArray(), PreparedNonces.Shared);
            var digest = Keccak256.Hash([(byte)(i >> 8), (byte)i, 2]);

            var signature = key.SignDigest(digest);

            signature.TryRecoverDigest(digest, out var signer).ShouldBeTrue();
            signer.ShouldBe(key.Wallet);
            EthereumSignature.TryParse(signature.ToString(), out _).ShouldBeTrue("low s and v of 27 or 28, as the wire wants it");
        }
    }
}
