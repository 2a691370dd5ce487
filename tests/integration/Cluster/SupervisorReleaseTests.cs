using Kms.Integration.Client;
using Kms.Integration.Support;

namespace Kms.Integration.Cluster;

/// <summary>A cluster whose supervisors are of several releases; one beside the oldest alone is <see cref="OldestDevnet"/>.</summary>
[Collection(OwnDevnets.Name)]
public sealed class SupervisorReleaseTests(SupervisorReleaseTests.Mixed fixture) : IClassFixture<SupervisorReleaseTests.Mixed>
{
    [Fact]
    public async Task Nodes_beside_the_newest_and_the_oldest_supervisor_share_secrets_and_records()
    {
        // Two of three speak the app's scheme; what it stores at them, the third replicates.
        (await ForeignClient.RunAsync("platform.mjs", fixture.File, fixture.Devnet.Contracts.KmsApp.ToString()))
            .ShouldContain("ok: derive get put delete wallet on 3 nodes");
        var stores = fixture.Devnet.Nodes.Select(node => node.Running!.Parts!.Store).ToArray();
        for (int tries = 0; stores.DistinctBy(store => store.Digest()).Count() > 1 && tries < 100; tries++)
        {
            await Task.Delay(100);
        }

        stores.ShouldAllBe(store => store.List(fixture.Devnet.App.App, 10).Keys.Count == 2, "the wallet's two values");
    }

    public sealed class Mixed() : DevnetFixture("1.8.1", "1.4.1");
}
