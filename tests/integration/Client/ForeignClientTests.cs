using Kms.Integration.Support;

namespace Kms.Integration.Client;

/// <summary>Clients in another language that share no code with ours: one that holds its keys, as the older Python ones, and the platform's own.</summary>
public abstract class ForeignClientTests(DevnetFixture fixture)
{
    [Fact]
    public async Task The_node_script_proves_seals_derives_and_stores() =>
        (await ForeignClient.RunAsync("app.mjs", fixture.File)).ShouldContain("ok: derive put get list delete on 3 nodes");

    [Fact]
    public async Task The_platforms_client_discovers_derives_stores_and_makes_one_wallet() =>
        (await ForeignClient.RunAsync("platform.mjs", fixture.File, fixture.Devnet.Contracts.KmsApp.ToString()))
            .ShouldContain("ok: derive get put delete wallet on 3 nodes");

    [Collection(SharedDevnet.Name)]
    public sealed class BesideTheNewest(DevnetFixture fixture) : ForeignClientTests(fixture);

    [Collection(OldestDevnet.Name)]
    public sealed class BesideTheOldest(OldestDevnetFixture fixture) : ForeignClientTests(fixture);
}
