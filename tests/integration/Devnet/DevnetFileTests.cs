using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kms.Devnet;
using Kms.Integration.Support;

namespace Kms.Integration.Devnet;

/// <summary>devnet.json: what clients in any language rely on.</summary>
[Collection(SharedDevnet.Name)]
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed partial class DevnetFileTests(DevnetFixture fixture)
{
    [Fact]
    public void The_file_is_readable_by_its_owner_only()
    {
        File.GetUnixFileMode(fixture.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.GetDirectoryName(fixture.File)!).ShouldBe([fixture.File]);
    }

    [Fact]
    public void The_file_has_exactly_the_promised_shape()
    {
        var file = JsonNode.Parse(File.ReadAllText(fixture.File))!.AsObject();
        Names(file).ShouldBe(["chainId", "rpcUrl", "contracts", "nodes", "app"]);
        file["chainId"]!.GetValue<ulong>().ShouldBe(fixture.Devnet.ChainId);
        Names(file["contracts"]!).ShouldBe(["kmsRegistry", "novaAppRegistry"]);
        var nodes = file["nodes"]!.AsArray();
        nodes.Count.ShouldBe(3);
        foreach (var node in nodes)
        {
            Names(node!).ShouldBe(["url", "wallet", "teePublicKey", "odynUrl"]);
        }

        Names(file["app"]!).ShouldBe(["appId", "versionId", "instanceId", "wallet", "walletPrivateKey", "teePublicKey", "teePrivateKeyPkcs8", "odynUrl", "envelopeScheme"]);
    }

    [Fact]
    public void Hex_is_lower_case_and_prefixed_and_urls_have_no_path()
    {
        var file = JsonNode.Parse(File.ReadAllText(fixture.File))!.AsObject();
        string[] hex =
        [
            .. file["contracts"]!.AsObject().Select(pair => pair.Value!.GetValue<string>()),
            .. file["nodes"]!.AsArray().SelectMany(node => (string[])[node!["wallet"]!.GetValue<string>(), node["teePublicKey"]!.GetValue<string>()]),
            .. ((string[])["wallet", "walletPrivateKey", "teePublicKey", "teePrivateKeyPkcs8"]).Select(name => file["app"]![name]!.GetValue<string>()),
        ];
        hex.ShouldAllBe(text => LowerHex().IsMatch(text));
        string[] urls =
        [
            file["rpcUrl"]!.GetValue<string>(),
            file["app"]!["odynUrl"]!.GetValue<string>(),
            .. file["nodes"]!.AsArray().SelectMany(node => (string[])[node!["url"]!.GetValue<string>(), node["odynUrl"]!.GetValue<string>()]),
        ];
        urls.ShouldAllBe(text => LoopbackUrl().IsMatch(text));
    }

    [Fact]
    public async Task A_second_devnet_does_not_take_the_file_of_one_that_runs()
    {
        string before = await File.ReadAllTextAsync(fixture.File);
        var error = await Should.ThrowAsync<DevnetException>(() =>
            DevnetCluster.StartAsync(new DevnetOptions { Nodes = 1, File = fixture.File }, _ => { }, CancellationToken.None));
        error.Message.ShouldContain("belongs to a devnet that runs");
        (await File.ReadAllTextAsync(fixture.File)).ShouldBe(before);
    }

    private static IEnumerable<string> Names(JsonNode node) => node.AsObject().Select(pair => pair.Key);

    [GeneratedRegex("^0x([0-9a-f]{2})+$")]
    private static partial Regex LowerHex();

    [GeneratedRegex("^http://127\\.0\\.0\\.1:[0-9]+$")]
    private static partial Regex LoopbackUrl();
}
