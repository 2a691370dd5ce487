using System.Text.Json;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Vectors;

namespace Kms.Properties.Authentication;

/// <summary>docs/spec/vectors/pop-v2.json: the texts and signatures of wire v2, made without this code.</summary>
public sealed class PopV2VectorTests
{
    [Fact]
    public void Texts_bindings_and_signatures_are_those_of_the_vectors()
    {
        foreach (var vector in VectorFile.SpecCases("pop-v2.json"))
        {
            var name = vector.Text("name");
            var message = Message(vector);
            message.ShouldBe(vector.Text("message"), name);
            if (vector.TryGetProperty("binding", out var binding))
            {
                ProofMessages.ChannelBinding(message).ShouldBe(Bytes32.Parse(binding.GetString()!), name);
            }

            using var key = EthereumPrivateKey.Import(vector.Hex("signer_private_key"));
            key.SignMessage(message).ToString().ShouldBe(vector.Text("signature"), name);
            EthereumSignature.TryParse(vector.Text("signature"), out var signature).ShouldBeTrue();
            signature!.TryRecover(message, out var signer).ShouldBeTrue();
            signer.ToString().ShouldBe(vector.Text("signer"), name);
        }
    }

    [Fact]
    public void Targets_are_canonical_exactly_where_the_vectors_say()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "SpecVectors", "pop-v2.json")));
        var targets = document.RootElement.GetProperty("targets").EnumerateArray().ToList();
        targets.ShouldNotBeEmpty();
        foreach (var target in targets)
        {
            TargetGrammar.IsCanonical(target.Text("target")).ShouldBe(target.GetProperty("canonical").GetBoolean(), target.Text("target"));
        }
    }

    private static string Message(JsonElement vector)
    {
        var recipient = WalletAddress.Parse(vector.Text("recipient"));
        return vector.Text("kind") switch
        {
            "app" => ProofMessages.AppV2(vector.Text("nonce"), recipient, vector.Text("timestamp"), vector.Text("method"), vector.Text("target"), vector.Hex("body")),
            "peer" => ProofMessages.PeerV2(vector.Text("nonce"), recipient, vector.Text("timestamp"), vector.Text("method"), vector.Text("target"), vector.Hex("body")),
            _ => ProofMessages.ResponseV2(vector.Text("client_signature"), recipient, vector.GetProperty("status").GetInt32(), vector.Hex("body")),
        };
    }
}
