using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Vectors;

namespace Kms.Properties.Cryptography;

/// <summary>The vectors of docs/spec/vectors, which were made from the specification with other software.</summary>
public class SpecVectorTests
{
    public static TheoryData<string> BackendNames => Backends.Names;

    [Fact]
    public void Internal_keys_derive_as_specified()
    {
        foreach (var vector in VectorFile.SpecCases("internal-keys.json"))
        {
            using var secret = MasterSecret.Import(vector.Hex("master_secret"));
            var epoch = Epoch.From(ulong.Parse(vector.Text("epoch"), CultureInfo.InvariantCulture));
            var key = new byte[vector.GetProperty("length").GetInt32()];
            KeyDerivation.DeriveInternal(secret, epoch, vector.Text("purpose"), key);
            key.ShouldBe(vector.Hex("key"));
        }
    }

    [Fact]
    public void The_generator_gives_the_specified_stream()
    {
        foreach (var vector in VectorFile.SpecCases("node-random.json"))
        {
            using var random = new NodeRandom(vector.Hex("odyn_entropy"), vector.Hex("host_entropy"));
            foreach (var output in vector.GetProperty("outputs").EnumerateArray())
            {
                var expected = Hex.Decode(output.GetString()!);
                Draw(random, expected.Length).ShouldBe(expected);
            }

            random.Mix(vector.Hex("mixed"));
            Draw(random, 32).ShouldBe(vector.Hex("after_mixing"));
        }
    }

    [Fact]
    public void Handover_seals_open_exactly_where_specified()
    {
        foreach (var vector in VectorFile.SpecCases("handover-seal.json"))
        {
            TeePrivateKey.TryImport(vector.Hex("own_scalar"), out var own).ShouldBeTrue();
            using var key = own;
            var peer = TeePublicKey.From(vector.Hex("peer_point"));
            bool opens = vector.GetProperty("opens").GetBoolean();
            HandoverSeal.TryOpen(vector.Hex("sealed"), key!, peer, vector.Hex("transcript"), out var secret).ShouldBe(opens, vector.Text("why"));
            using var opened = secret;
            if (opens)
            {
                opened!.Hash.ShouldBe(Keccak256.Hash(vector.Hex("master_secret")));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BackendNames))]
    public void Messages_sign_to_the_specified_bytes(string backend)
    {
        foreach (var vector in VectorFile.SpecCases("messages.json"))
        {
            using var key = EthereumPrivateKey.Import(vector.Hex("private_key"), Backends.Named(backend));
            key.Wallet.ToString().ShouldBe(vector.Text("wallet"));
            key.SignMessage(vector.Text("message")).ToString().ShouldBe(vector.Text("signature"));
        }
    }

    [Fact]
    public void Version_2_messages_end_with_the_hash_of_the_body()
    {
        var bound = VectorFile.SpecCases("messages.json").Where(vector => vector.Text("message").Contains(":2:", StringComparison.Ordinal)).ToList();
        bound.Count.ShouldBe(5);
        foreach (var vector in bound)
        {
            vector.Text("message").ShouldEndWith(Hex.EncodeBare(SHA256.HashData(Encoding.UTF8.GetBytes(vector.Text("body")))));
        }
    }

    private static byte[] Draw(NodeRandom random, int length)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
