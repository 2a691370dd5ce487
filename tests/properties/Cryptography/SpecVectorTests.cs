using System.Globalization;
using System.Text;
using System.Text.Json;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Vectors;

namespace Kms.Properties.Cryptography;

/// <summary>The vectors of docs/spec/vectors, which were made from the specification with other software.</summary>
public class SpecVectorTests
{
    public static TheoryData<string> CurveNames => Curves.Names;

    [Fact]
    public void Internal_keys_derive_as_specified()
    {
        foreach (var vector in VectorFile.SpecCases("internal-keys.json"))
        {
            using var secret = MasterSecret.Import(vector.Hex("master_secret"));
            var epoch = Core.Primitives.Epoch.From(ulong.Parse(vector.Text("epoch"), CultureInfo.InvariantCulture));
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
    [MemberData(nameof(CurveNames))]
    public void Messages_sign_to_the_specified_bytes(string name)
    {
        foreach (var vector in VectorFile.SpecCases("messages.json"))
        {
            using var key = EthereumPrivateKey.Import(vector.Hex("private_key"), Curves.Named(name));
            key.Wallet.ToString().ShouldBe(vector.Text("wallet"));
            key.SignMessage(vector.Text("message")).ToString().ShouldBe(vector.Text("signature"));
        }
    }

    [Fact]
    public void Messages_are_built_to_the_specified_text()
    {
        var vectors = VectorFile.SpecCases("messages.json");
        vectors.Select(vector => vector.Text("kind")).Distinct().Count().ShouldBe(7);
        foreach (var vector in vectors)
        {
            Build(vector).ShouldBe(vector.Text("message"), vector.Text("kind"));
        }
    }

    private static string Build(JsonElement vector)
    {
        var parts = vector.GetProperty("parts");
        var body = Encoding.UTF8.GetBytes(vector.Text("body"));
        var signer = WalletAddress.Parse(vector.Text("wallet"));
        return vector.Text("kind") switch
        {
            "app-proof-1" => ProofMessages.AppV1(parts.Text("nonce"), Recipient(parts), Number(parts, "timestamp")),
            "app-proof-2" => ProofMessages.AppV2(
                parts.Text("nonce"), Recipient(parts), Number(parts, "timestamp"), parts.Text("method"), parts.Text("target"), body),
            "peer-proof-2" => ProofMessages.PeerV2(
                parts.Text("nonce"), Recipient(parts), Number(parts, "timestamp"), parts.Text("method"), parts.Text("target"), body),
            "response-1" => ProofMessages.ResponseV1(parts.Text("client_signature"), signer),
            "response-2" => ProofMessages.ResponseV2(parts.Text("client_signature"), signer, parts.GetProperty("status").GetInt32(), body),
            "propose" => RegistryStatement.Propose(Chain(parts), Epoch(parts), Bytes32.Parse(parts.Text("hash")), parts.GetProperty("deadline").GetInt64()),
            "confirm" => RegistryStatement.Confirm(
                Chain(parts), Epoch(parts), Bytes32.Parse(parts.Text("hash")), parts.GetProperty("proposal").GetUInt64(), parts.GetProperty("deadline").GetInt64()),
            var other => throw new InvalidDataException(other),
        };
    }

    private static WalletAddress Recipient(JsonElement parts) => WalletAddress.Parse(parts.Text("recipient"));

    private static ChainIdentity Chain(JsonElement parts) => new(parts.GetProperty("chain_id").GetUInt64(), WalletAddress.Parse(parts.Text("contract")));

    private static Epoch Epoch(JsonElement parts) => Core.Primitives.Epoch.From(parts.GetProperty("epoch").GetUInt64());

    private static string Number(JsonElement parts, string name) => parts.GetProperty(name).GetRawText();

    private static byte[] Draw(NodeRandom random, int length)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }
}
