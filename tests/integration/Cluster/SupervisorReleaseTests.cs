using Kms.Hosting.Devnet;
using Kms.Integration.Client;
using Kms.Integration.Support;

namespace Kms.Integration.Cluster;

/// <summary>Clusters beside supervisors of other releases than the newest, which all other tests of a devnet have.</summary>
[Collection(OwnDevnets.Name)]
public sealed class SupervisorReleaseTests
{
    [Fact]
    public async Task A_cluster_beside_the_oldest_supervisor_serves_both_foreign_clients()
    {
        await using var described = await DescribedAsync("1.4.1");
        (await ForeignClient.RunAsync("platform.mjs", described.File, described.Devnet.Contracts.KmsApp.ToString()))
            .ShouldContain("ok: derive get put delete wallet on 3 nodes");
        (await ForeignClient.RunAsync("app.mjs", described.File)).ShouldContain("ok: derive put get list delete on 3 nodes");
    }

    [Fact]
    public async Task Nodes_beside_the_newest_and_the_oldest_supervisor_share_secrets_and_records()
    {
        // Two of three speak the app's scheme; what it stores at them, the third replicates.
        await using var described = await DescribedAsync("1.8.1", "1.4.1");
        (await ForeignClient.RunAsync("platform.mjs", described.File, described.Devnet.Contracts.KmsApp.ToString()))
            .ShouldContain("ok: derive get put delete wallet on 3 nodes");
        var stores = described.Devnet.Nodes.Select(node => node.Running!.Parts!.Store).ToArray();
        for (int tries = 0; stores.DistinctBy(store => store.Digest()).Count() > 1 && tries < 100; tries++)
        {
            await Task.Delay(100);
        }

        stores.ShouldAllBe(store => store.List(described.Devnet.App.App, 10).Keys.Count == 2, "the wallet's two values");
    }

    private static async Task<Described> DescribedAsync(params string[] supervisors)
    {
        var folder = Directory.CreateTempSubdirectory("novakms-releases-");
        string file = Path.Combine(folder.FullName, "devnet.json");
        var options = new DevnetOptions { Nodes = 3, Supervisor = supervisors, File = file };
        return new Described(await Kms.Hosting.Devnet.Devnet.StartAsync(options, _ => { }, CancellationToken.None), folder, file);
    }

    private sealed record Described(Kms.Hosting.Devnet.Devnet Devnet, DirectoryInfo Folder, string File) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Devnet.DisposeAsync();
            Folder.Delete(recursive: true);
        }
    }
}
