using System.Text;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Odyn;
using Kms.Client;
using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Json;
using Kms.Core.Node.Api;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Properties.Attestation;
using Kms.Sim.Network;

namespace Kms.Properties.Json;

/// <summary>A thousand structural neighbours of every answer that a node, the SDK and the CLI read: a result each, never an exception (finding R1).</summary>
public sealed class HostileAnswersTests
{
    private const int Mutations = 1_000;

    private static readonly Dictionary<string, (string Text, Action<byte[]> Read)> Json = new(StringComparer.Ordinal)
    {
        ["status, by a node"] = ("""{"node":{"tee_wallet":"0x11","node_url":"https://n"},"ready":true,"reason":null}""", body => PeerJson.SaysReady(body)),
        ["nonce, by a node"] = ($$"""{"nonce":"{{Convert.ToBase64String(new byte[Limits.NonceBytes])}}"}""", body => PeerJson.TryReadNonce(body, out _)),
        ["refusal, by a node"] = ("""{"error":{"code":"epoch_unavailable","message":"no"}}""", body => PeerJson.ErrorCode(body)),
        ["status, by the SDK"] = ("""{"node":{"tee_wallet":"0x11"},"ready":false,"reason":"starting"}""", body => KmsAnswers.StatusOf(body)),
        ["nonce, by the SDK"] = ("""{"nonce":"AAAA"}""", body => KmsAnswers.Nonce(body)),
        ["derived key"] = ("""{"app_id":7,"path":"p","key":"AQID","length":3,"epoch":1}""", body => KmsAnswers.Derived(body, new DeriveRequest("p") { Length = 3 })),
        ["value"] = ("""{"app_id":7,"key":"k","value":"AQID","updated_at_ms":5,"version":"v"}""", body => KmsAnswers.Stored(body, "k")),
        ["receipt"] = ("""{"app_id":7,"key":"k","updated_at_ms":5,"version":"v","stored_by":2,"quorum":2}""", body => KmsAnswers.Put(body, "k")),
        ["keys"] = ("""{"app_id":7,"keys":["a","b"],"count":2}""", body => KmsAnswers.Keys(body)),
        ["deletion"] = ("""{"app_id":7,"key":"k","deleted":true}""", body => KmsAnswers.Deleted(body, "k")),
        ["refusal, by the SDK"] = ("""{"error":{"code":"not_ready","message":"m","reason":"starting"}}""", body => KmsAnswers.ErrorOf(body)),
        ["envelope"] = ("""{"sender_tee_pubkey":"00","nonce":"000000000000000000000000","encrypted_data":"00"}""", body => EnvelopeJson.Parse(body)),
        ["RPC batch"] = (
            """[{"jsonrpc":"2.0","id":1,"result":{"number":"0x1","hash":"0x11","timestamp":"0x5","baseFeePerGas":["0x1"],"reward":[["0x1"]]}},{"jsonrpc":"2.0","id":2,"error":{"code":3,"message":"m","data":"0x08c379a0"}}]""",
            ReadRpc),
        ["Odyn"] = ("""{"address":"0x11","public_key":"0x22","signature":"0x33","random_bytes":"0x44","success":true,"keys":["a"],"is_truncated":false,"plaintext":"t"}""", ReadOdyn),
        ["payload"] = ("""{"path":"p","context":"c","length":32,"epoch":1,"derivation":2}""", ReadPayload),
    };

    public static TheoryData<string> Answers => [.. Json.Keys];

    [Theory]
    [MemberData(nameof(Answers))]
    public void No_neighbour_of_a_JSON_answer_makes_its_reader_throw(string answer)
    {
        var (text, read) = Json[answer];
        read(Encoding.UTF8.GetBytes(text));
        read(HostileStructure.ElevenBytes.ToArray());
        var random = new Random(answer.Length);
        var hostile = new HostileStructure(random.Next);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < Mutations; i++)
        {
            byte[] body = hostile.OfJson(Encoding.UTF8.GetBytes(text));
            seen.Add(Convert.ToBase64String(body));
            Record.Exception(() => read(body)).ShouldBeNull(Encoding.UTF8.GetString(body));
        }

        seen.Count.ShouldBeGreaterThan(Mutations / 10, "neighbours are not all the same");
    }

    [Fact]
    public void No_neighbour_of_a_CBOR_message_makes_its_reader_throw()
    {
        var hash = Bytes32.From(Enumerable.Repeat((byte)7, 32).ToArray());
        byte[] document = NitroVectors.ProductionBytes;
        (byte[] Body, Action<byte[]> Read)[] messages =
        [
            (SyncCodec.Encode(new SyncMessage.Hello(1, ReplicaState.Following, 2, hash, null)), body => SyncCodec.TryDecode(body, out _)),
            (SyncCodec.Encode(new SyncMessage.SnapshotRequest(1, null)), body => SyncCodec.TryDecode(body, out _)),
            (SyncCodec.Encode(new SyncMessage.DigestApps(AppId.From(4))), body => SyncCodec.TryDecode(body, out _)),
            (new HandoverRequest(Epoch.From(1), hash, new byte[Limits.HandoverNonceBytes], new byte[Limits.NonceBytes], new byte[] { 1 }).Encode(), body => _ = HandoverRequest.TryParse(body, out _)),
            (new HandoverAnswer(new byte[] { 1 }, new byte[80]).Encode(), body => _ = HandoverAnswer.TryParse(body, out _)),
            (document, body => _ = NitroDocument.TryParse(body, out _)),
        ];
        var random = new Random(3);
        var hostile = new HostileStructure(random.Next);
        foreach (var (body, read) in messages)
        {
            for (int i = 0; i < Mutations; i++)
            {
                byte[] bad = hostile.OfCbor(body);
                Record.Exception(() => read(bad)).ShouldBeNull(Convert.ToBase64String(bad));
            }
        }
    }

    private static void ReadRpc(byte[] body)
    {
        var answers = RpcJson.ReadBatch(body, 1, 2, out _);
        foreach (var answer in answers ?? [])
        {
            _ = answer.Error?.ToString();
            RpcJson.TryHeader(answer.Result, out _);
            RpcJson.TryQuantity(answer.Result["number"], out _);
            RpcJson.TryData(answer.Result["hash"], out _);
        }
    }

    private static void ReadOdyn(byte[] body)
    {
        var odyn = OdynAnswer.Read(body);
        OdynAnswer.TryHex(odyn["address"], 20, out _);
        odyn["plaintext"].TryUtf8(out _);
        odyn["value"].TryBase64(out _);
        _ = odyn["success"].Boolean;
        OdynAnswer.TryStrings(odyn["keys"], 1_000, out _);
    }

    private static void ReadPayload(byte[] body)
    {
        if (FlatJson.Parse(
            body,
            [new("path", JsonFieldKind.Text, true), new("context", JsonFieldKind.Text, false), new("length", JsonFieldKind.Integer, false), new("epoch", JsonFieldKind.Integer, false), new("derivation", JsonFieldKind.Integer, false)],
            UnknownMembers.Ignored).TryGet(out var json))
        {
            json.Dispose();
        }
    }
}
