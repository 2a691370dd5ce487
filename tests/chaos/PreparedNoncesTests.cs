using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Sim.Enclave;

namespace Kms.Chaos;

/// <summary>Simulated enclaves sign fast, and what they sign is genuine: the verification that nodes use says so.</summary>
public class PreparedNoncesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_signature_recovers_to_its_signer_and_no_other_does(bool isRemembered)
    {
        using var run = isRemembered ? new Remembered() : null;
        for (int i = 0; i < 300; i++)
        {
            using var key = EthereumPrivateKey.Import(Keccak256.Hash([(byte)(i >> 8), (byte)i, 1]).ToArray(), PreparedNonces.Shared);
            var digest = Keccak256.Hash([(byte)(i >> 8), (byte)i, 2]);

            var signature = key.SignDigest(digest);

            signature.TryRecoverDigest(digest, out var signer).ShouldBeTrue();
            signer.ShouldBe(key.Wallet);
            EthereumSignature.TryParse(signature.ToString(), out _).ShouldBeTrue("low s and v of 27 or 28, as the wire wants it");

            byte[] flipped = signature.Bytes.ToArray();
            flipped[i % 64] ^= 1;
            bool recovered = EthereumSignature.TryFrom(flipped, out var forged) & (forged?.TryRecoverDigest(digest, out signer) ?? false);
            (recovered && signer == key.Wallet).ShouldBeFalse();
        }
    }

    private sealed class Remembered : IDisposable
    {
        public Remembered() => RememberedSignatures.Begin();

        public void Dispose() => RememberedSignatures.End();
    }
}
