using System.Globalization;
using Kms.Core.Primitives;
using Kms.Devnet;
using Kms.Devnet.Chain;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>A devnet registers its nodes at once, all from one account: no registration may be refused or lost for it.</summary>
public sealed class DevnetRpcTests
{
    private const int Calls = 40;

    [Fact]
    public async Task Transactions_sent_at_once_from_one_account_are_all_mined()
    {
        await using var anvil = await AnvilProcess.StartAsync(0, [], default);
        using var rpc = new DevnetRpc(anvil.Url);
        string from = await rpc.FirstAccountAsync(CancellationToken.None);

        var sent = Enumerable.Range(0, Calls).Select(_ => rpc.SendAsync(from, WalletAddress.Parse(from), [], CancellationToken.None));
        string[] hashes = await Task.WhenAll(sent);
        foreach (string hash in hashes)
        {
            (await rpc.ReceiptAsync(hash, CancellationToken.None))["status"].Text.ShouldBe("0x1");
        }

        hashes.Distinct().Count().ShouldBe(Calls);
        var nonce = await rpc.CallAsync("eth_getTransactionCount", [from, "latest"], CancellationToken.None);
        nonce.Text.ShouldBe("0x" + Calls.ToString("x", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("<html>")]
    [InlineData("null")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"result\":2}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[]}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":[\"0xzz\"]}]")]
    [InlineData("[{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":1,\"message\":\"no\"}}]")]
    public async Task A_chain_that_answers_something_else_is_said_so(string answer)
    {
        await using var server = RawServer.Json(_ => answer);
        foreach (var ask in (Func<DevnetRpc, Task>[])[
            rpc => rpc.FirstAccountAsync(CancellationToken.None),
            rpc => rpc.BlockNumberAsync(CancellationToken.None),
            rpc => rpc.SendAsync("0x00", WalletAddress.Parse("0x00000000000000000000000000000000000000aa"), [], CancellationToken.None)])
        {
            // Each begins with id 1.
            using var rpc = new DevnetRpc(server.Url);
            await Should.ThrowAsync<DevnetException>(() => ask(rpc));
        }

        using var anybody = new DevnetRpc(server.Url);
        (await anybody.AnswersAsync(CancellationToken.None)).ShouldBeFalse();
    }
}
