using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Cryptography;
using Kms.Properties.Vectors;

namespace Kms.Properties.Secrets;

public class MasterSecretTests
{
    [Fact]
    public void Every_vector_hashes_to_its_commitment()
    {
        foreach (var vector in VectorFile.Cases("master-secret-hash.json"))
        {
            using var secret = MasterSecret.Import(vector.Hex("master_secret"));
            secret.Hash.ShouldBe(Bytes32.From(vector.Hex("master_secret_hash")));
        }
    }

    [Fact]
    public void Generated_secrets_come_from_the_generator_and_differ()
    {
        using var random = Keys.Random(1);
        using var first = MasterSecret.Generate(random);
        using var second = MasterSecret.Generate(random);
        using var again = Keys.Random(1);
        using var same = MasterSecret.Generate(again);
        second.Hash.ShouldNotBe(first.Hash);
        same.Hash.ShouldBe(first.Hash);
    }

    [Fact]
    public void It_prints_only_its_type_and_its_hash_is_public()
    {
        using var secret = Keys.Secret(0x42);
        secret.ToString().ShouldBe("MasterSecret");
        typeof(MasterSecret).GetProperties().Select(property => property.Name).ShouldBe(["Hash"]);
    }

    [Fact]
    public void Its_bytes_leave_through_one_gate_and_none_after_disposal()
    {
        var secret = Keys.Secret(0x42);
        var bytes = new byte[MasterSecret.Size];
        secret.CopyTo(bytes, SecretKeyAccess.Derivation);
        bytes.ShouldBe(Keys.Filled(0x42, MasterSecret.Size));
        Should.Throw<InvariantException>(() => secret.CopyTo(bytes, default));
        Should.Throw<InvariantException>(() => secret.CopyTo(new byte[31], SecretKeyAccess.Derivation));
        secret.Dispose();
        Should.Throw<ObjectDisposedException>(() => secret.CopyTo(bytes, SecretKeyAccess.Derivation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Other_lengths_are_refused(int length) => Should.Throw<ArgumentException>(() => MasterSecret.Import(new byte[length]));
}
