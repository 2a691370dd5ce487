using System.Text;
using Kms.Devnet.Chain;

namespace Kms.Integration.Devnet;

/// <summary>What forge prints is taken when it says all that is needed, and nothing in it throws.</summary>
public sealed class ForgeOutputTests
{
    private const string Address = "0x00000000000000000000000000000000000000aa";
    private const string Record = """{"status":"success","transactions":"/tmp/run.json"}""";
    private const string Logs = $$"""{"logs":["novaAppRegistry={{Address}}","kmsRegistry={{Address}}","kmsAppId=1","kmsVersionId=2"]}""";

    [Fact]
    public void Logs_and_record_are_found_among_other_lines()
    {
        ForgeOutput.TryRead(["Compiling", Logs, "{not json", Record], out var deployed, out string? record).ShouldBeTrue();
        deployed.KmsVersion.Value.ShouldBe(2UL);
        record.ShouldBe("/tmp/run.json");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"logs\":[1,null,\"kmsAppId\"]}")]
    [InlineData("{\"logs\":[\"novaAppRegistry=0x00\",\"kmsRegistry=0x00\",\"kmsAppId=0\",\"kmsVersionId=-1\"]}")]
    [InlineData("{\"logs\":{\"\\ud800\":1}}")]
    public void Anything_less_is_no_deployment(string line) => ForgeOutput.TryRead([line, Record], out _, out _).ShouldBeFalse();

    [Fact]
    public void Transactions_keep_their_order_and_lose_their_nulls()
    {
        byte[] record = Encoding.UTF8.GetBytes($$"""{"transactions":[{"transaction":{"from":"{{Address}}","to":null,"nonce":"0x0"} },{"transaction":{"from":"{{Address}}","nonce":"0x1"} }]}""");
        ForgeOutput.Transactions(record).ShouldNotBeNull().Select(transaction => transaction.ToJsonString()).ShouldBe(
            [$$"""{"from":"{{Address}}","nonce":"0x0"}""", $$"""{"from":"{{Address}}","nonce":"0x1"}"""]);
    }

    [Theory]
    [InlineData("{\"transactions\":[]}")]
    [InlineData("{\"transactions\":[{\"transaction\":{\"from\":\"0x1\"}},{}]}")]
    [InlineData("{\"transactions\":[null]}")]
    [InlineData("nonsense")]
    public void A_record_with_less_is_none(string record) => ForgeOutput.Transactions(Encoding.UTF8.GetBytes(record)).ShouldBeNull();
}
