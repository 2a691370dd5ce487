using System.Text;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Json;
using Kms.Core.Node.Peers;

namespace Kms.Properties.Json;

/// <summary>The one reader of foreign JSON: RFC 8259 without what it leaves open, and a result whatever it is given.</summary>
public sealed class StrictJsonTests
{
    private const int Depth = 4;

    [Theory]
    [InlineData("{\"\\ud800\":1}", nameof(JsonRefusal.NotText))] // ended every node once
    [InlineData("{\"a\":\"\\ud800\"}", nameof(JsonRefusal.NotText))]
    [InlineData("\"\\udc00\\ud800\"", nameof(JsonRefusal.NotText))]
    [InlineData("[\"\\ud83dx\"]", nameof(JsonRefusal.NotText))]
    [InlineData("{\"a\":1,\"a\":1}", nameof(JsonRefusal.RepeatedName))]
    [InlineData("{\"a\":1,\"\\u0061\":1}", nameof(JsonRefusal.RepeatedName))]
    [InlineData("[{\"x\":{\"\":1,\"\":2}}]", nameof(JsonRefusal.RepeatedName))]
    [InlineData("[[[[[]]]]]", nameof(JsonRefusal.TooDeep))]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}", nameof(JsonRefusal.TooDeep))]
    [InlineData("", nameof(JsonRefusal.Malformed))]
    [InlineData("   ", nameof(JsonRefusal.Malformed))]
    [InlineData("{\"a\":1}x", nameof(JsonRefusal.Malformed))]
    [InlineData("{} {}", nameof(JsonRefusal.Malformed))]
    [InlineData("{\"a\":1,}", nameof(JsonRefusal.Malformed))]
    [InlineData("[1,]", nameof(JsonRefusal.Malformed))]
    [InlineData("// \n1", nameof(JsonRefusal.Malformed))]
    [InlineData("{'a':1}", nameof(JsonRefusal.Malformed))]
    [InlineData("01", nameof(JsonRefusal.Malformed))]
    [InlineData("+1", nameof(JsonRefusal.Malformed))]
    [InlineData("NaN", nameof(JsonRefusal.Malformed))]
    [InlineData("\"a\nb\"", nameof(JsonRefusal.Malformed))]
    [InlineData("\"\\x41\"", nameof(JsonRefusal.Malformed))]
    [InlineData("{\"a\"", nameof(JsonRefusal.Malformed))]
    [InlineData("\"a", nameof(JsonRefusal.Malformed))]
    [InlineData("tru", nameof(JsonRefusal.Malformed))]
    [InlineData("\uFEFF{}", nameof(JsonRefusal.NotUtf8))]
    public void What_is_not_one_text_without_doubt_is_refused(string json, string refusal)
    {
        StrictJson.TryParse(Encoding.UTF8.GetBytes(json), 1_000, Depth, out var value, out var why).ShouldBeFalse();
        value.ShouldBeNull();
        why.ToString().ShouldBe(refusal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF_8_are_refused_wherever_they_are()
    {
        foreach (byte[] bad in (byte[][])[[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82]])
        {
            foreach (byte[] json in (byte[][])[[.. "{\""u8, .. bad, .. "\":1}"u8], [.. "\""u8, .. bad, .. "\""u8], [.. "1"u8, .. bad], bad])
            {
                StrictJson.TryParse(json, 1_000, Depth, out _, out var why).ShouldBeFalse();
                why.ShouldBe(JsonRefusal.NotUtf8);
            }
        }
    }

    [Fact]
    public void A_text_has_its_limit_of_bytes_of_depth_and_of_values()
    {
        StrictJson.TryParse("[[[[1]]]]"u8.ToArray(), 9, Depth, out _, out _).ShouldBeTrue();
        StrictJson.TryParse("[[[[1]]]]"u8.ToArray(), 8, Depth, out _, out var why).ShouldBeFalse();
        why.ShouldBe(JsonRefusal.TooLarge);

        byte[] most = Encoding.ASCII.GetBytes($"[{string.Join(',', Enumerable.Repeat('1', Limits.MaxJsonValues - 1))}]");
        StrictJson.TryParse(most, int.MaxValue, Depth, out _, out _).ShouldBeTrue();
        StrictJson.TryParse((byte[])[.. most[..^1], .. ",1]"u8], int.MaxValue, Depth, out _, out why).ShouldBeFalse();
        why.ShouldBe(JsonRefusal.TooMany);
    }

    [Fact]
    public void What_is_there_is_read_and_what_is_not_is_absent()
    {
        StrictJson.TryParse(" {\"t\":\"\\u0041\\ud83d\\ude00é\",\"n\":-5,\"b\":[true,false,null],\"o\":{\"p\":\"q\"},\"\":\"empty\"} "u8.ToArray(), 1_000, out var root).ShouldBeTrue();
        root!["t"].Text.ShouldBe("A😀é");
        root["n"].Int64.ShouldBe(-5);
        root["n"].UInt64.ShouldBeNull();
        root["b"].Items!.Select(item => item.Boolean).ShouldBe([true, false, null]);
        root["b"].Items![2].Kind.ShouldBe(JsonKind.Null);
        root["o"]["p"].Text.ShouldBe("q");
        root[""].Text.ShouldBe("empty");
        root["x"]["y"]["z"].Kind.ShouldBe(JsonKind.Absent);
        root["t"]["y"].Text.ShouldBeNull();
        root["t"].Items.ShouldBeNull();
        root["o"].Int64.ShouldBeNull();
        root.ToString().ShouldBe("Object", "never the content");
    }

    [Theory]
    [InlineData("9223372036854775807", 9223372036854775807, 9223372036854775807UL)]
    [InlineData("9223372036854775808", null, 9223372036854775808UL)]
    [InlineData("18446744073709551616", null, null)]
    [InlineData("-9223372036854775809", null, null)]
    [InlineData("1.0", null, null)]
    [InlineData("1e2", null, null)]
    [InlineData("-1", -1L, null)]
    [InlineData("0", 0L, 0UL)]
    public void Numbers_are_exact_or_nothing(string json, long? asInt64, ulong? asUInt64)
    {
        StrictJson.TryParse(Encoding.ASCII.GetBytes(json), 100, out var value).ShouldBeTrue();
        value!.Int64.ShouldBe(asInt64);
        value.UInt64.ShouldBe(asUInt64);
    }

    [Theory]
    [InlineData("AQID", new byte[] { 1, 2, 3 })]
    [InlineData("AQ==", new byte[] { 1 })]
    [InlineData("", new byte[0])]
    [InlineData("\\u0041Q==", new byte[] { 1 })]
    [InlineData("AQ", null)]
    [InlineData("AQ= =", null)]
    [InlineData("AQID\\n", null)]
    [InlineData("AQID AQID", null)]
    [InlineData("A_-D", null)]
    [InlineData("====", null)]
    public void Base64_is_padded_and_nothing_else(string text, byte[]? bytes)
    {
        StrictJson.TryParse(Encoding.UTF8.GetBytes($"\"{text}\""), 100, out var value).ShouldBeTrue();
        value!.TryBase64(out byte[]? decoded).ShouldBe(bytes is not null);
        decoded.ShouldBe(bytes);
    }

    [Property(MaxTest = 2_000)]
    public void Any_bytes_give_a_result(byte[] bytes, bool wrapped)
    {
        byte[] text = wrapped ? [.. "{\"a\":[\""u8, .. bytes, .. "\"]}"u8] : bytes;
        bool taken = StrictJson.TryParse(text, 1_000, Depth, out var value, out _);
        taken.ShouldBe(value is not null);
        if (wrapped && taken)
        {
            value!["a"].Items![0].TryUtf8(out byte[]? utf8).ShouldBeTrue();
            value["a"].Items![0].Text.ShouldBe(Encoding.UTF8.GetString(utf8!));
        }
    }

    [Fact]
    public void What_peers_say_is_read_through_it()
    {
        PeerJson.SaysReady("{\"\\ud800\":1}"u8.ToArray()).ShouldBeFalse();
        PeerJson.SaysReady("{\"ready\":true,\"\\ud800\":1}"u8.ToArray()).ShouldBeFalse();
        PeerJson.SaysReady("{\"ready\":true,\"ready\":true}"u8.ToArray()).ShouldBeFalse();
        PeerJson.SaysReady("{\"ready\":true}"u8.ToArray()).ShouldBeTrue();
        PeerJson.TryReadNonce("{\"\\udfff\":1}"u8.ToArray(), out _).ShouldBeFalse();
        PeerJson.ErrorCode("{\"error\":{\"code\":\"\\ud800\"}}"u8.ToArray()).ShouldBeNull();
        PeerJson.ErrorCode("{\"error\":{\"code\":\"not_ready\"}}"u8.ToArray()).ShouldBe("not_ready");
    }
}
