using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Node;
using Kms.Hosting;
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
            HostEntropy = new byte[Limits.HostEntropyMinBytes],
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
}
