using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Kms.Integration.Hosting;

/// <summary>A wrong configuration is refused at start, with a message that says what to do.</summary>
public sealed class ConfigurationTests
{
    /// <summary>Of a chain so quick that the greatest depth is not too long.</summary>
    private const long BlockTimeMs = 100;

    [Theory]
    [InlineData("ChainId=0", "ChainId is not set")]
    [InlineData("KmsRegistry=0x12", "KmsRegistry is not an address")]
    [InlineData("RpcUrl=ftp://x", "RpcUrl is not an http(s) URL")]
    [InlineData("OdynUrl=nonsense", "OdynUrl is not an http(s) URL")]
    [InlineData("FinalityDepth=0", "FinalityDepth is out of range")]
    [InlineData("FinalityTag=latest", "FinalityTag is neither safe nor finalized")]
    [InlineData("BlockTimeMs=0", "BlockTimeMs must be")]
    [InlineData("BlockTimeMs=60001", "every head would look stale")]
    [InlineData("FinalityDepth=10801", "choose a smaller depth")]
    [InlineData("FinalityTag=finalized", "FinalityDepth is too small for FinalityTag=finalized")]
    [InlineData("FinalityTag=safe", "give how many blocks the tag may trail before nothing is decided on it, 300 or more")]
    [InlineData("RpcUrl=http://10.0.0.1:18545", "RpcUrl is not on loopback")]
    [InlineData("RpcUrl=https://mainnet.base.org", "RpcUrl is not on loopback")]
    [InlineData("RpcUrl=http://localhost.example.com:18545", "RpcUrl is not on loopback")]
    [InlineData("RpcUrl=http://host:18545", "RpcUrl is not on loopback")]
    [InlineData("RpcUrl=http://[2001:db8::1]:18545", "RpcUrl is not on loopback")]
    [InlineData("OdynUrl=http://192.168.127.254:18000", "OdynUrl is not on loopback")]
    [InlineData("AddressExceptions:0=127.0.0.1:8000", "AddressExceptions need a devnet's attestation root")]
    [InlineData("AttestationRootFile=/nowhere/root.der", "AttestationRootFile does not exist")]
    [InlineData("CorsOrigins:0=*", "is not an origin")]
    [InlineData("RequireV2:0=Everything", "is no route class")]
    [InlineData("StatusReaders:0=me", "is not an address")]
    [InlineData("FinalityDepth=100001", "FinalityDepth is out of range")]
    [InlineData("TickMs=99", "TickMs is out of range")]
    [InlineData("TickMs=3600001", "TickMs is out of range")]
    [InlineData("HeadPollMs=9", "HeadPollMs is out of range")]
    [InlineData("HeadPollMs=15001", "HeadPollMs is out of range")]
    [InlineData("RequestTimeoutMs=1", "RequestTimeoutMs is out of range")]
    [InlineData("ConnectProxy=https://127.0.0.1:1", "ConnectProxy is not an http proxy")]
    [InlineData("ConnectProxy=", "none for direct connections")]
    [InlineData("RequireV2=Derive", "RequireV2 is a list, not one value: write its items as RequireV2:0=…, RequireV2:1=… (NOVAKMS_RequireV2__0=… in the environment")]
    [InlineData("statusreaders=0x00000000000000000000000000000000000000aa", "statusreaders is a list")]
    [InlineData("RequireV2:first=Derive", "RequireV2:first is none of them")]
    [InlineData("RequireV2:0:Route=Derive", "RequireV2:0 is none of them")]
    [InlineData("NodeUrl:0=https://kms-1.example.org", "NodeUrl is one value: there is no NodeUrl:0")]
    [InlineData("RequireV=Derive", "RequireV is no setting of a node: the nearest is RequireV2")]
    [InlineData("StatusReader:0=x", "the nearest is StatusReaders")]
    [InlineData("CORS_ORIGINS=https://a.example", "the nearest is CorsOrigins")]
    [InlineData("CHAIN_ID=1", "the nearest is ChainId")]
    [InlineData("KMS_REGISTRY_ADDRESS=1", "the nearest is KmsRegistry")]
    [InlineData("AttestationRoot=x", "the nearest is AttestationRootFile")]
    [InlineData("AttestationRoot:Fingerprint=x", "the nearest is AttestationRootFile")]
    [InlineData("NovaKms:ChainId=1", "here its settings stand by themselves, such as ChainId, not NovaKms:ChainId")]
    [InlineData("Logging:LogLevel:Default=Debug", "Logging is no setting of a node")]
    [InlineData("urls=http://0.0.0.0:1", "urls is no setting of a node")]
    public async Task A_wrong_setting_stops_the_start_with_advice(string setting, string advice)
    {
        string[] settings = ["ChainId=31337", "KmsRegistry=0x00000000000000000000000000000000000000aa", setting];
        var error = await Should.ThrowAsync<OptionsValidationException>(() => NodeHost.CreateAsync("http://127.0.0.1:0", configFile: null, settings));
        error.Failures.ShouldContain(failure => failure.Contains(advice, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RpcUrl=http://localhost:18545")]
    [InlineData("RpcUrl=http://[::1]:18545")]
    [InlineData("OdynUrl=http://127.9.9.9:18000")]
    [InlineData("FinalityTag=finalized", "FinalityDepth=1800")]
    [InlineData("FinalityTag=safe", "FinalityDepth=300")]
    [InlineData("chainid=1", "KMSREGISTRY=0x00000000000000000000000000000000000000bb")]
    [InlineData("RequireV2=", "ConnectProxy=NONE")]
    public async Task What_is_of_this_enclave_and_fits_its_finality_is_taken(params string[] settings)
    {
        await using var host = await NodeHost.CreateAsync(
            "http://127.0.0.1:0", configFile: null, ["ChainId=31337", "KmsRegistry=0x00000000000000000000000000000000000000aa", .. settings]);
        host.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(Limits.MinTickMs, Limits.MinHeadPollMs, 1UL, true)]
    [InlineData(Limits.MinTickMs, Limits.MinTickMs, Limits.MaxFinalityDepthBlocks, true)]
    [InlineData(Limits.MaxTickMs, Limits.MaxHeadPollMs, 64UL, true)]
    [InlineData(Limits.MinTickMs - 1, Limits.MinHeadPollMs, 64UL, false)]
    [InlineData(Limits.MaxTickMs + 1, Limits.MaxHeadPollMs, 64UL, false)]
    [InlineData(Limits.MaxTickMs, Limits.MaxHeadPollMs + 1, 64UL, false)]
    [InlineData(Limits.MaxTickMs, Limits.MinHeadPollMs - 1, 64UL, false)]
    [InlineData(Limits.MinTickMs, Limits.MinTickMs + 1, 64UL, false)]
    [InlineData(Limits.TickMs, Limits.HeadPollMs, Limits.MaxFinalityDepthBlocks + 1, false)]
    public void What_the_host_accepts_the_node_accepts_and_nothing_else(long tickMs, long headPollMs, ulong finalityDepth, bool taken)
    {
        var host = new NovaKmsOptions
        {
            ChainId = 31337,
            KmsRegistry = "0x00000000000000000000000000000000000000aa",
            FinalityDepth = finalityDepth,
            BlockTimeMs = BlockTimeMs,
            TickMs = tickMs,
            HeadPollMs = headPollMs,
        };
        var node = new KmsNodeOptions
        {
            AttestationRoot = AttestationRoot.Aws,
            HostEntropy = new byte[Limits.MinEntropyBytes],
            FinalityDepthBlocks = finalityDepth,
            BlockTimeMs = BlockTimeMs,
            TickMs = tickMs,
            HeadPollMs = headPollMs,
        };
        new NovaKmsOptionsValidator().Validate(null, host).Succeeded.ShouldBe(taken);
        if (taken)
        {
            node.Validate();
        }
        else
        {
            Should.Throw<ArgumentException>(node.Validate);
        }
    }

    [Fact]
    public async Task In_an_enclave_two_settings_are_enough()
    {
        string[] settings = ["ChainId=84532", "KmsRegistry=0x00000000000000000000000000000000000000aa"];
        await using var host = await NodeHost.CreateAsync("http://127.0.0.1:0", configFile: null, settings);
        var options = NodeHost.Read(configFile: null, settings);
        options.RpcUrl.ShouldBe("http://127.0.0.1:18545");
        options.OdynUrl.ShouldBe("http://127.0.0.1:18000");
        options.ConnectProxy.ShouldBeNull("the environment says");
    }

    [Theory]
    [InlineData("""{"RequireV2": "Derive"}""", "RequireV2 is a list")]
    [InlineData("""{"RequireV2": {"Derive": true}}""", "RequireV2:Derive is none of them")]
    [InlineData("""{"ChainId": [1]}""", "ChainId is one value")]
    [InlineData("""{"NovaKms": {"ChainId": 1}}""", "not NovaKms:ChainId")]
    [InlineData("""{"Foo": {"Bar": [1]}}""", "Foo is no setting")]
    [InlineData("""{"a\u001b[2Jb": 1}""", "a?[2Jb is no setting")]
    public async Task A_file_is_held_to_the_same(string json, string advice)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, json);
            var error = await Should.ThrowAsync<OptionsValidationException>(() => NodeHost.CreateAsync("http://127.0.0.1:0", file, []));
            error.Failures.ShouldContain(failure => failure.Contains(advice, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Empty_lists_and_nulls_of_a_file_are_nothing()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"ChainId": 1, "KmsRegistry": "0x00000000000000000000000000000000000000aa", "RequireV2": [], "StatusReaders": null, "ConnectProxy": null}""");
            await using var host = await NodeHost.CreateAsync("http://127.0.0.1:0", file, []);
            NodeHost.Read(file, []).RequireV2.ShouldBeEmpty();
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task What_stands_under_a_wrong_name_is_not_shown_and_a_thousand_wrong_names_are_not_all_told()
    {
        string[] settings = [.. Enumerable.Range(0, 1_000).Select(i => $"Secret{i}=pass-word"), "RequireV2=pass-word"];
        var error = await Should.ThrowAsync<OptionsValidationException>(() => NodeHost.CreateAsync("http://127.0.0.1:0", configFile: null, settings));
        error.Failures.Count().ShouldBe(16);
        error.Failures.First().ShouldStartWith("RequireV2 is a list");
        error.Failures.Last().ShouldStartWith("Secret");
        error.Message.ShouldNotContain("pass-word");
    }

    [Theory]
    [InlineData("NovaKms:RequireV2", "RequireV2 is a list")]
    [InlineData("NovaKms:Requirev", "the nearest is RequireV2")]
    [InlineData("NovaKms:NovaKms:ChainId", "not NovaKms:ChainId")]
    public void An_embedder_s_section_is_held_to_the_same(string key, string advice) =>
        Problems(section: true, (key, "Derive")).ShouldContain(failure => failure.Contains(advice, StringComparison.Ordinal));

    [Fact]
    public void What_an_embedder_keeps_elsewhere_is_its_own()
    {
        (string, string)[] foreign = [("Logging:LogLevel:Default", "Debug"), ("AllowedHosts", "*"), ("TickMillis", "5"), ("RpcUrls:0", "x")];
        Problems(section: true, foreign).ShouldBeEmpty();
        Problems(section: false, foreign).ShouldBeEmpty();
        Problems(section: false, [.. foreign, ("RequireV2", "Derive")]).ShouldHaveSingleItem().ShouldContain("RequireV2 is a list");
    }

    [Fact]
    public void The_later_source_wins_and_lists_are_read()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, """{"ChainId": 1, "CorsOrigins": ["https://a.example"]}""");
            var options = NodeHost.Read(file, ["ChainId=2"]);
            options.ChainId.ShouldBe(2UL);
            options.CorsOrigins.ShouldBe(["https://a.example"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What the options of an embedding program say is wrong.</summary>
    private static IEnumerable<string> Problems(bool section, params (string Key, string Value)[] more)
    {
        string prefix = section ? NovaKmsOptions.SectionName + ":" : string.Empty;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            KeyValuePair.Create(prefix + "ChainId", (string?)"31337"),
            KeyValuePair.Create(prefix + "KmsRegistry", (string?)"0x00000000000000000000000000000000000000aa"),
            .. more.Select(one => KeyValuePair.Create(one.Key, (string?)one.Value)),
        ]).Build();
        using var services = new ServiceCollection()
            .AddLogging()
            .AddNovaKms(section ? configuration.GetSection(NovaKmsOptions.SectionName) : configuration)
            .BuildServiceProvider();
        try
        {
            services.GetRequiredService<IOptions<NovaKmsOptions>>().Value.ChainId.ShouldBe(31337UL);
            return [];
        }
        catch (OptionsValidationException error)
        {
            return error.Failures;
        }
    }
}
