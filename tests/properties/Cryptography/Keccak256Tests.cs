using FsCheck.Xunit;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Vectors;

namespace Kms.Properties.Cryptography;

public class Keccak256Tests
{
    [Fact]
    public void Every_vector_hashes_to_its_digest()
    {
        foreach (var vector in VectorFile.Cases("keccak256.json"))
        {
            Keccak256.Hash(vector.Hex("input")).ShouldBe(Bytes32.From(vector.Hex("keccak256")));
        }
    }

    [Property]
    public void Both_overloads_agree(byte[] input)
    {
        var digest = new byte[Bytes32.Size];
        Keccak256.Hash(input, digest);
        Bytes32.From(digest).ShouldBe(Keccak256.Hash(input));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void A_destination_of_another_length_is_refused(int length) =>
        Should.Throw<ArgumentException>(() => Keccak256.Hash([1, 2, 3], new byte[length]));
}
