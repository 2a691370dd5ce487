using System.Diagnostics;
using System.Text.RegularExpressions;
using Kms.Client;
using Kms.Core;
using Kms.Core.Primitives;
using Kms.Integration.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Kms.Integration.Client;

/// <summary>A client with everything under it, made in one line or by a container; docs/client.md as it stands there.</summary>
[Collection(SharedDevnet.Name)]
public sealed partial class ConnectTests(DevnetFixture fixture)
{
    private static readonly string Docs = File.ReadAllText(Path.Combine(Foundry.Root, "docs", "client.md"));

    [Fact]
    public void The_first_snippet_is_the_sample() =>
        Docs.ShouldContain(File.ReadAllText(Path.Combine(Foundry.Root, "samples", "FirstKey", "Program.cs")).TrimEnd());

    [Fact]
    public void Every_setting_is_described_and_no_other() =>
        Setting().Matches(Docs[..Docs.IndexOf("## What can go wrong", StringComparison.Ordinal)]).SelectMany(static row => row.Groups["name"].Captures).Select(static name => name.Value).Order()
            .ShouldBe(typeof(NovaKmsClientOptions).GetProperties().Select(static property => property.Name).Order());

    [Fact]
    public void Every_failure_is_described() =>
        Enum.GetNames<KmsFailure>().ShouldAllBe(static name => Docs.Contains($"| `{name}` |", StringComparison.Ordinal));

    [Fact]
    public async Task The_sample_prints_a_key_by_the_commands_that_are_documented()
    {
        string sample = typeof(ConnectTests).Assembly.Location.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        string commands = Commands().Match(Docs).Groups["commands"].Value
            .Replace("dotnet run", $"dotnet run --no-build -c {sample}", StringComparison.Ordinal);
        var info = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", commands]) { WorkingDirectory = Foundry.Root };
        info.Environment["DEVNET"] = fixture.File;

        (await Command.RunAsync(info)).Output.ShouldMatch("^32 bytes of epoch 1, fingerprint [0-9a-f]{16}\n$");
    }

    [Fact]
    public async Task One_line_makes_a_client_that_derives_what_any_other_does()
    {
        using var kms = KmsClient.Connect(OfDevnet(new NovaKmsClientOptions()));
        using var identity = LocalAppIdentity.FromHex(fixture.Devnet.App.Keys.WalletPrivateKey, fixture.Devnet.App.Keys.TeePrivateKeyPkcs8);
        using var given = KmsClient.Connect(OfDevnet(new NovaKmsClientOptions { OdynUrl = "http://127.0.0.1:1" }), identity);
        string first = await FingerprintAsync(kms);
        (await FingerprintAsync(given)).ShouldBe(first);
        (await FingerprintAsync(kms)).ShouldBe(first);
    }

    [Fact]
    public async Task A_container_has_one_client_and_ends_it()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["NovaKmsClient:ChainId"] = $"{fixture.Devnet.ChainId}",
            ["NovaKmsClient:KmsRegistry"] = fixture.Devnet.Contracts.KmsRegistry.ToString(),
            ["NovaKmsClient:RpcUrl"] = fixture.Devnet.RpcUrl.OriginalString,
            ["NovaKmsClient:OdynUrl"] = fixture.Devnet.App.OdynUrl.OriginalString,
            ["NovaKmsClient:FinalityDepth"] = $"{fixture.Devnet.FinalityDepth}",
            ["NovaKmsClient:AddressExceptions:0"] = $"{fixture.Devnet.Nodes[0].EndPoint}",
        }).Build();
        KmsClient kms;
        await using (var services = new ServiceCollection().AddNovaKmsClient(settings.GetSection(NovaKmsClientOptions.SectionName)).BuildServiceProvider())
        {
            kms = services.GetRequiredService<KmsClient>();
            services.GetRequiredService<KmsClient>().ShouldBeSameAs(kms);
            (await FingerprintAsync(kms)).ShouldNotBeEmpty();
        }

        await Should.ThrowAsync<ObjectDisposedException>(() => kms.DeriveAsync(new DeriveRequest("p"), default));
    }

    [Fact]
    public void A_setting_that_does_not_exist_is_refused()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ChainID"] = "1", ["Registry"] = "0x" }).Build();
        using var services = new ServiceCollection().AddNovaKmsClient(settings).BuildServiceProvider();
        Should.Throw<InvalidOperationException>(() => services.GetRequiredService<KmsClient>()).Message.ShouldContain("Registry");
    }

    public static TheoryData<string, Action<NovaKmsClientOptions>> Unusable => new()
    {
        { nameof(NovaKmsClientOptions.ChainId), static options => options.ChainId = 0 },
        { nameof(NovaKmsClientOptions.KmsRegistry), static options => options.KmsRegistry = "0x12" },
        { nameof(NovaKmsClientOptions.RpcUrl), static options => options.RpcUrl = "ftp://x" },
        { nameof(NovaKmsClientOptions.OdynUrl), static options => options.OdynUrl = "nowhere" },
        { nameof(NovaKmsClientOptions.FinalityDepth), static options => options.FinalityDepth = Limits.MaxFinalityDepthBlocks + 1 },
        { nameof(NovaKmsClientOptions.FinalityDepth), static options => options.FinalityDepth = 0 },
        { nameof(NovaKmsClientOptions.TimeoutMs), static options => options.TimeoutMs = Limits.MaxRequestTimeoutMs + 1 },
        { nameof(NovaKmsClientOptions.TimeoutMs), static options => options.TimeoutMs = 0 },
        { nameof(NovaKmsClientOptions.AddressExceptions), static options => options.AddressExceptions.Add("10.0.0.1") },
        { "proxy", static options => options.ConnectProxy = "not a proxy" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void What_cannot_be_meant_is_refused_with_its_name(string name, Action<NovaKmsClientOptions> change)
    {
        var options = OfDevnet(new NovaKmsClientOptions());
        change(options);
        Should.Throw<ArgumentException>(() => KmsClient.Connect(options)).Message.ShouldContain(name);
        using var services = new ServiceCollection().AddNovaKmsClient(copy =>
        {
            OfDevnet(copy);
            change(copy);
        }).BuildServiceProvider();
        Should.Throw<Exception>(() => services.GetRequiredService<KmsClient>()).ShouldSatisfyAllConditions(
            static error => (error is OptionsValidationException or ArgumentException).ShouldBeTrue(error.GetType().Name),
            error => error.Message.ShouldContain(name));
    }

    private NovaKmsClientOptions OfDevnet(NovaKmsClientOptions options)
    {
        options.ChainId = fixture.Devnet.ChainId;
        options.KmsRegistry = fixture.Devnet.Contracts.KmsRegistry.ToString();
        options.RpcUrl = fixture.Devnet.RpcUrl.OriginalString;
        options.OdynUrl = options.OdynUrl.EndsWith(":18000", StringComparison.Ordinal) ? fixture.Devnet.App.OdynUrl.OriginalString : options.OdynUrl;
        options.FinalityDepth = fixture.Devnet.FinalityDepth;
        foreach (var node in fixture.Devnet.Nodes)
        {
            options.AddressExceptions.Add($"{node.EndPoint}");
        }

        return options;
    }

    private static async Task<string> FingerprintAsync(KmsClient kms)
    {
        var derived = await kms.DeriveAsync(new DeriveRequest("connect/path"), default);
        derived.TryGet(out var key).ShouldBeTrue(derived.Detail);
        using (key)
        {
            return key!.Fingerprint;
        }
    }

    [GeneratedRegex(@"^\| (?:`(?<name>[A-Z]\w+)`(?:, )?)+ \|[^|]*\|[^|]*\|$", RegexOptions.Multiline)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^```sh\n(?<commands>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Commands();
}
