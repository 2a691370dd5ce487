using System.Numerics;
using System.Text;
using FsCheck.Xunit;
using Kms.Adapters.Ethereum;
using Kms.Core;
using Kms.Core.Json;

namespace Kms.Properties.Adapters;

public sealed class RpcJsonTests
{
    [Property]
    public void Quantities_round_trip(ulong value)
    {
        var big = new BigInteger(value) << 100;
        RpcJson.TryUInt64(Text(RpcJson.Quantity(value)), out ulong same).ShouldBeTrue();
        same.ShouldBe(value);
        RpcJson.TryQuantity(Text(RpcJson.Quantity(big)), out var sameBig).ShouldBeTrue();
        sameBig.ShouldBe(big);
    }

    [Theory]
    [InlineData("\"0x\"")]
    [InlineData("\"0x01\"")]
    [InlineData("\"10\"")]
    [InlineData("\"0x-1\"")]
    [InlineData("\"0xg\"")]
    [InlineData("\"0X1\"")]
    [InlineData("\"0x1 \"")]
    [InlineData("\"0x11111111111111111111111111111111111111111111111111111111111111111\"")]
    [InlineData("16")]
    [InlineData("null")]
    [InlineData("{}")]
    public void What_is_no_quantity_is_refused(string json) =>
        RpcJson.TryQuantity(Parsed(json), out _).ShouldBeFalse();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1}]""")] // one missing
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":5,"result":2}]""")] // duplicate
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":7,"result":2}]""")] // stranger
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":"6","result":2}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6.5,"result":2}]""")]
    [InlineData("""[{"jsonrpc":"1.0","id":5,"result":1},{"jsonrpc":"2.0","id":6,"result":2}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6,"result":1,"error":{"code":1,"message":"x"}}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6,"error":"no"}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6,"error":{"code":"1","message":"x"}}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6,"result":1,"result":2}]""")] // repeated member
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"\ud800":1,"jsonrpc":"2.0","id":6,"result":1}]""")]
    [InlineData("""[{"jsonrpc":"2.0","id":5,"result":1},{"jsonrpc":"2.0","id":6,"error":{"code":1,"message":"\ud800"}}]""")]
    [InlineData("""[1,2]""")]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}""")]
    public void A_batch_answer_that_is_not_exactly_the_batch_is_refused(string body)
    {
        RpcJson.ReadBatch(Encoding.UTF8.GetBytes(body), 5, 2, out string refusal).ShouldBeNull();
        refusal.ShouldNotBeEmpty();
    }

    [Fact]
    public void Answers_come_back_in_the_order_of_the_calls()
    {
        byte[] body = """[{"jsonrpc":"2.0","id":6,"error":{"code":3,"message":"execution reverted","data":"0x1234"}},{"jsonrpc":"2.0","id":5,"result":"0x1"}]"""u8.ToArray();
        var answers = RpcJson.ReadBatch(body, 5, 2, out _).ShouldNotBeNull();
        answers[0].Result.Text.ShouldBe("0x1");
        answers[1].Error.ShouldNotBeNull().Code.ShouldBe(3);
        answers[1].Error!.Data.ToArray().ShouldBe([0x12, 0x34]);
    }

    [Property]
    public void No_text_makes_the_reader_throw(string? noise)
    {
        string text = noise ?? string.Empty;
        foreach (string body in (string[])[text, $"[{text}]", $$"""[{"jsonrpc":"2.0","id":1,"result":{{text}}}]"""])
        {
            var answers = RpcJson.ReadBatch(Encoding.UTF8.GetBytes(body), 1, 1, out string refusal);
            (answers is null).ShouldBe(refusal.Length > 0);
        }
    }

    [Fact]
    public void Data_is_read_up_to_its_limit_of_bytes()
    {
        RpcJson.TryData(Text("0x" + new string('0', 2 * Limits.MaxRpcDataBytes)), out byte[] data).ShouldBeTrue();
        data.Length.ShouldBe(Limits.MaxRpcDataBytes);
        RpcJson.TryData(Text("0x" + new string('0', 2 * (Limits.MaxRpcDataBytes + 1))), out _).ShouldBeFalse();
    }

    private static JsonValue Text(string value) => Parsed($"\"{value}\"");

    private static JsonValue Parsed(string json) =>
        StrictJson.TryParse(Encoding.UTF8.GetBytes(json), int.MaxValue, out var value) ? value : throw new ArgumentException(json);
}
