using System.Buffers;
using System.Text;
using System.Text.Json;
using Kms.Adapters.Odyn;
using Kms.Client;
using Kms.Core;
using Kms.Core.Json;
using Kms.Core.Node.Api;
using Kms.Core.Node.Peers;
using Kms.Core.Node.Pipeline;

namespace Kms.Fuzz;

/// <summary>JSON that others wrote: the room itself, and everything that reads what comes out of it.</summary>
internal static class JsonTargets
{
    private static readonly JsonField[] Fields =
    [
        new("path", JsonFieldKind.Text, Required: true),
        new("length", JsonFieldKind.Integer, Required: false),
        new("value", JsonFieldKind.Base64, Required: false, 48),
    ];

    private static readonly string[] Texts =
    [
        """{"node":{"tee_wallet":"0x11","node_url":"https://n"},"ready":false,"reason":"starting"}""",
        $$"""{"nonce":"{{Convert.ToBase64String(new byte[Limits.NonceBytes])}}"}""",
        """{"app_id":7,"path":"p","key":"AQID","length":3,"epoch":1}""",
        """{"app_id":7,"key":"k","value":"AQID","updated_at_ms":5,"version":"v","deleted":true}""",
        """{"app_id":7,"keys":["a","\u00e9\ud83d\ude00"],"count":2}""",
        """{"error":{"code":"not_ready","message":"m","reason":"starting"}}""",
        """{"sender_tee_pubkey":"04","nonce":"000000000000000000000000","encrypted_data":"00000000000000000000000000000000"}""",
        """{"address":"0x11","public_key":"0x22","signature":"0x33","success":true,"keys":["a"],"is_truncated":false,"plaintext":"\u0041"}""",
        """{"path":"p","length":32,"value":"AQID\u002b\/\/\/"}""",
        """[1,-0,1.5e300,18446744073709551615,true,null,[[[]]],{"":""}]""",
    ];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("json", ReadTree, Seeds),
        new("json-answers", ReadAnswers, Seeds),
        new("json-structure", input => ReadAll(new Draws(input).Mutate([.. Seeds()], cbor: false, out _)), () => Draws.Seeds(Texts.Length)),
    ];

    private static bool ReadFlat(byte[] input, UnknownMembers unknown)
    {
        bool taken = FlatJson.Parse(input, Fields, unknown).TryGet(out var flat);
        FuzzFailureException.Demand(taken == (flat is not null), "neither object nor refusal");
        if (flat is not null)
        {
            FuzzFailureException.Demand(flat.Text(0) is not null && flat.Bytes(2) is not { Length: > 48 }, "a flat object against its shape");
            flat.Dispose();
        }

        return taken;
    }

    private static IEnumerable<byte[]> Seeds() => Texts.Select(Encoding.UTF8.GetBytes);

    private static void ReadAll(byte[] input)
    {
        ReadTree(input);
        ReadAnswers(input);
    }

    private static void ReadTree(byte[] input)
    {
        if (StrictJson.TryParse(input, FuzzTarget.MaxInputBytes, Limits.MaxJsonDepth, out var root, out var refusal))
        {
            Walk(root, Limits.MaxJsonDepth);
            WriteAgain(root);
        }

        FuzzFailureException.Demand(root is not null || Enum.IsDefined(refusal), "a refusal without a reason");
    }

    private static void WriteAgain(JsonValue root)
    {
        byte[] written = Written(root);
        FuzzFailureException.Demand(
            StrictJson.TryParse(written, int.MaxValue, Limits.MaxJsonDepth, out var again, out _) && Written(again).AsSpan().SequenceEqual(written),
            "what is written again reads otherwise");
    }

    private static byte[] Written(JsonValue value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            value.WriteTo(json);
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static void Walk(JsonValue value, int depth)
    {
        FuzzFailureException.Demand(depth >= 0, "deeper than allowed");
        bool isText = value.Text is not null;
        FuzzFailureException.Demand(isText == (value.Kind == JsonKind.Text), "a text that cannot be read");
        FuzzFailureException.Demand(value.TryUtf8(out byte[]? utf8) == isText, "a text without bytes");
        FuzzFailureException.Demand(!isText || Encoding.UTF8.GetString(utf8!) == value.Text, "two readings of one text");
        FuzzFailureException.Demand(!isText || new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(value.Text!).AsSpan().SequenceEqual(utf8), "half a surrogate pair got through");
        value.TryBase64(out _);
        FuzzFailureException.Demand(value.UInt64 is not <= long.MaxValue || value.Int64 == (long)value.UInt64, "two readings of one number");
        _ = value.Boolean;
        _ = value["nobody"][""].Items;
        foreach (var item in (value.Items ?? []).Concat(value.Members.Values))
        {
            Walk(item, depth - 1);
        }
    }

    private static void ReadAnswers(byte[] input)
    {
        PeerJson.SaysReady(input);
        PeerJson.TryReadNonce(input, out _);
        PeerJson.ErrorCode(input);
        KmsAnswers.StatusOf(input);
        KmsAnswers.Nonce(input);
        KmsAnswers.Derived(input, new DeriveRequest("p") { Length = 3 })?.Dispose();
        KmsAnswers.Stored(input, "k");
        KmsAnswers.Put(input, "k");
        KmsAnswers.Keys(input);
        KmsAnswers.Deleted(input, "k");
        KmsAnswers.ErrorOf(input);
        _ = EnvelopeJson.Parse(input);
        var odyn = OdynAnswer.Read(input);
        foreach (string member in (string[])["address", "public_key", "signature", "plaintext"])
        {
            OdynAnswer.TryHex(odyn[member], 65, out _);
            odyn[member].TryUtf8(out _);
        }

        _ = odyn["success"].Boolean;
        odyn["value"].TryBase64(out _);
        OdynAnswer.TryStrings(odyn["keys"], 1_000, out _);
        bool isStrict = ReadFlat(input, UnknownMembers.Refused);
        FuzzFailureException.Demand(ReadFlat(input, UnknownMembers.Ignored) || !isStrict, "taken by the strict reading alone");
    }
}
