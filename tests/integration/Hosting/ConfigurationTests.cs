using Kms.Hosting;
using Microsoft.Extensions.Options;

namespace Kms.Integration.Hosting;

/// <summary>A wrong configuration is refused at start, with a message that says what to do.</summary>
public sealed class ConfigurationTests
{
    [Theory]
    [InlineData("ChainId=0", "ChainId is not set")]
    [InlineData("KmsRegistry=0x12", "KmsRegistry is not an address")]
    [InlineData("RpcUrl=ftp://x", "RpcUrl is not an http(s) URL")]
    [InlineData("OdynUrl=nonsense", "OdynUrl is not an http(s) URL")]
    [InlineData("FinalityDepth=0", "FinalityDepth is out of range")]
    [InlineData("FinalityTag=latest", "FinalityTag is neither safe nor finalized")]
    [InlineData("AddressExceptions:0=127.0.0.1:8000", "AddressExceptions need a devnet's attestation root")]
    [InlineData("AttestationRootFile=/nowhere/root.der", "AttestationRootFile does not exist")]
    [InlineData("CorsOrigins:0=*", "is not an origin")]
    [InlineData("RequireV2:0=Everything", "is no route class")]
    [InlineData("StatusReaders:0=me", "is not an address")]
    [InlineData("TickMs=1", "TickMs is out of range")]
    [InlineData("RequestTimeoutMs=1", "RequestTimeoutMs is out of range")]
    public async Task A_wrong_setting_stops_the_start_with_advice(string setting, string advice)
    {
        string[] settings = ["ChainId=31337", "KmsRegistry=0x00000000000000000000000000000000000000aa", setting];
        var error = await Should.ThrowAsync<OptionsValidationException>(() => NodeHost.CreateAsync("http://127.0.0.1:0", configFile: null, settings));
        error.Failures.ShouldContain(failure => failure.Contains(advice, StringComparison.Ordinal));
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
