using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Kms.Cli.Commands;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Devnet.Chain;
using Kms.Integration.Support;

namespace Kms.Integration.Cli;

/// <summary><c>novakms chain</c> on real contracts without nodes: for each operator whether it is a member and, if not, why not.</summary>
public sealed class ChainCommandTests(RegistriesFixture fixture) : IClassFixture<RegistriesFixture>
{
    private const int FinalityDepth = 2;
    private static readonly WalletAddress Node = Registries.Wallet(1);

    private static readonly Dictionary<PeerRefusal, string> Names = new()
    {
        [PeerRefusal.ChainUnavailable] = "chain_unavailable",
        [PeerRefusal.NoKmsApp] = "no_kms_app",
        [PeerRefusal.AppNotActive] = "app_not_active",
        [PeerRefusal.NotListed] = "not_listed",
        [PeerRefusal.UnknownInstance] = "unknown_instance",
        [PeerRefusal.WrongApp] = "wrong_app",
        [PeerRefusal.InstanceNotActive] = "instance_not_active",
        [PeerRefusal.NotZkVerified] = "not_zk_verified",
        [PeerRefusal.UnknownVersion] = "unknown_version",
        [PeerRefusal.VersionRevoked] = "version_revoked",
        [PeerRefusal.MeasurementNotApproved] = "measurement_not_approved",
        [PeerRefusal.SharedKey] = "shared_key",
        [PeerRefusal.ViewsDisagree] = "views_disagree",
    };

    private readonly Registries _registries = fixture.Registries;

    [Fact]
    public async Task Every_reason_has_a_stable_name_that_is_documented()
    {
        string docs = await File.ReadAllTextAsync(Path.Combine(Foundry.Root, "docs", "operations", "cli.md"));
        foreach (var refusal in Enum.GetValues<PeerRefusal>())
        {
            OperatorStanding.Name(refusal).ShouldBe(Names[refusal]);
            docs.ShouldContain($"`{Names[refusal]}`");
        }

        OperatorStanding.Name(null).ShouldBeNull();
    }

    /// <summary>The life of one operator beside others that never are members.</summary>
    [Fact]
    public async Task Each_operator_is_a_member_or_it_is_said_why_not()
    {
        using var pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        string key = Hex.Encode(pair.ExportSubjectPublicKeyInfo());
        await _registries.RegisterAsync(Node, key: key);
        await ExpectAsync(Node, "not_listed", latest: null, final: "not_listed", "no member: member at the latest view, not listed at the final one");
        await SettleAsync();
        await ExpectAsync(Node, null, null, null, "member");

        // Its key in another wallet's name: that one is no member, and takes nothing from it.
        var twin = Registries.Wallet(2);
        await _registries.RegisterAsync(twin, key: key);
        await SettleAsync();
        await ExpectAsync(twin, "shared_key", "shared_key", "shared_key", "no member: shared key");
        await ExpectAsync(Node, null, null, null, "member");

        // Without a proof, and with a line of its own invention for a URL.
        var unproven = Registries.Wallet(3);
        await _registries.PlatformAsync("devUseOldBuild(bool)", "true");
        await _registries.RegisterAsync(unproven, $"https://x\noperator {Registries.Wallet(4)} https://y Active Enrolled member", zk: false);
        await SettleAsync();
        await ExpectAsync(unproven, "not_zk_verified", "not_zk_verified", "not_zk_verified", "no member: not zk verified");

        await _registries.KmsAsync("suspendMeasurement(bytes32)", Registries.Measurement.ToString());
        await ExpectAsync(
            Node, "measurement_not_approved", "measurement_not_approved", null, "no member: measurement not approved at the latest view, member at the final one");
        await SettleAsync();
        await ExpectAsync(Node, "measurement_not_approved", "measurement_not_approved", "measurement_not_approved", "no member: measurement not approved");
        await _registries.KmsAsync("liftSuspension(bytes32)", Registries.Measurement.ToString());
        await SettleAsync();
        await ExpectAsync(Node, null, null, null, "member");

        await _registries.PlatformAsync("devSetVersionStatus(uint256,uint256,uint8)", "1", "1", "2");
        await SettleAsync();
        await ExpectAsync(Node, "version_revoked", "version_revoked", "version_revoked", "no member: version revoked; not among the platform's active instances", active: false);

        // A member again, by the app's owner alone, where the platform's clients do not look.
        await _registries.AppsAsync("devSetVersionStatus(uint256,uint256,uint8)", "1", "1", "1");
        await SettleAsync();
        await ExpectAsync(Node, null, null, null, "member; not among the platform's active instances", active: false);

        // Two whose callbacks ran out of gas: one that anyone may list, one of code that is not approved.
        var lost = Registries.Wallet(5);
        var stranger = Registries.Wallet(6);
        await _registries.LoseCallbacksAsync();
        await _registries.RegisterAsync(lost);
        await _registries.AppsAsync("devEnrollVersion(uint256,string,bytes32)", "1", "second", "0x" + new string('5', 64));
        await _registries.RegisterAsync(stranger, version: 2);
        var unlisted = (await JsonAsync())["unlisted"]!.AsArray();
        unlisted.Select(static one => (one!["wallet"]!.GetValue<string>(), one["member_but_for_the_list"]!.GetValue<bool>()))
            .ShouldBe([(lost.ToString(), true), (stranger.ToString(), false)]);
        string[] lines = await LinesAsync();
        lines.ShouldContain($"unlisted {lost} https://node.example a member but for the list: syncOperator adds it");
        lines.ShouldContain($"unlisted {stranger} https://node.example no member either");
        await _registries.KmsAsync("syncOperator(address)", lost.ToString());
        await SettleAsync();
        await ExpectAsync(lost, null, null, null, "member");
        (await JsonAsync())["unlisted"]!.AsArray().Count.ShouldBe(1);

        await _registries.AppsAsync("devSetAppStatus(uint256,uint8)", "1", "1");
        await ExpectAsync(lost, "app_not_active", "app_not_active", null, "no member: app not active at the latest view, member at the final one");
    }

    [Fact]
    public async Task Nobody_is_a_member_where_the_final_view_is_older_than_the_registry()
    {
        var wallet = Registries.Wallet(9);
        await using var fresh = await Registries.StartAsync();
        await fresh.RegisterAsync(wallet);
        var run = await RunAsync(fresh, "--finality-depth", "100000", "--json");
        run.ExitCode.ShouldBe(0, run.Log);
        run.Log.ShouldContain("the final view cannot be read");
        var found = JsonNode.Parse(run.Output)!["operators"]!.AsArray().ShouldHaveSingleItem()!;
        found["member"]!.GetValue<bool>().ShouldBeFalse();
        found["reason"]!.GetValue<string>().ShouldBe("chain_unavailable");
        found["latest"]!["member"]!.GetValue<bool>().ShouldBeTrue();
    }

    /// <summary>Until the final view has seen what the latest one has.</summary>
    private Task SettleAsync() => _registries.Anvil.MineAsync(FinalityDepth);

    private async Task ExpectAsync(WalletAddress wallet, string? reason, string? latest, string? final, string text, bool active = true)
    {
        var found = (await JsonAsync())["operators"]!.AsArray().Single(one => one!["wallet"]!.GetValue<string>() == wallet.ToString())!;
        found["member"]!.GetValue<bool>().ShouldBe(reason is null);
        ((string?)found["reason"]).ShouldBe(reason);
        foreach (var (view, expected) in ((string, string?)[])[("latest", latest), ("final", final)])
        {
            found[view]!["member"]!.GetValue<bool>().ShouldBe(expected is null, view);
            ((string?)found[view]!["reason"]).ShouldBe(expected, view);
        }

        found["in_active_instances"]!.GetValue<bool>().ShouldBe(active);
        string[] lines = [.. (await LinesAsync()).Where(static line => line.StartsWith("operator ", StringComparison.Ordinal))];
        lines.Length.ShouldBe((await JsonAsync())["operators"]!.AsArray().Count, "a line each");
        lines.Single(line => line.StartsWith($"operator {wallet} ", StringComparison.Ordinal)).ShouldEndWith($" {text}");
    }

    private async Task<JsonNode> JsonAsync()
    {
        var run = await RunAsync(_registries, "--json");
        run.ExitCode.ShouldBe(0, run.Log);
        run.Log.ShouldBeEmpty();
        return JsonNode.Parse(run.Output)!;
    }

    private async Task<string[]> LinesAsync()
    {
        var run = await RunAsync(_registries);
        run.ExitCode.ShouldBe(0, run.Log);
        return run.Text.TrimEnd().Split('\n');
    }

    private static Task<CliRun> RunAsync(Registries registries, params string[] more) => CliRun.OfAsync(
    [
        "chain", "--rpc-url", registries.Anvil.Url.ToString(), "--chain-id", $"{AnvilProcess.DefaultChainId}", "--registry", registries.Kms.ToString(),
        .. more.Contains("--finality-depth") ? more : [.. more, "--finality-depth", $"{FinalityDepth}"],
    ]);
}
