using System.Globalization;
using Kms.Core.Primitives;
using Kms.Hosting.Devnet.Chain;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>A devnet registers its nodes at once, all from one account: no registration may be refused or lost for it.</summary>
public sealed class DevnetRpcTests
{
    private const int Calls = 40;

    [Fact]
    public async Task Transactions_sent_at_once_from_one_account_are_all_mined()
    {
        await using var anvil = await Support.AnvilProcess.StartAsync();
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
}
