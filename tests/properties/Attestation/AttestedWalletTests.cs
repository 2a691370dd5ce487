using System.Text;
using Kms.Core;
using Kms.Core.Attestation;
using Kms.Core.Json;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Properties.Fakes;

namespace Kms.Properties.Attestation;

/// <summary>Which wallet a document's user data names: the supervisor's word, and not what somebody wrote around it.</summary>
public sealed class AttestedWalletTests
{
    private const string Wallet = "0x0202020202020202020202020202020202020202";
    private const string Other = "0x0303030303030303030303030303030303030303";

    [Theory]
    [InlineData($$"""{"eth_addr":"{{Wallet}}"}""")]
    [InlineData($$"""{ "app_wallet": "{{Other}}", "eth_addr": "{{Wallet}}" }""")]
    [InlineData($$"""{"app_wallet":{"address":"{{Other}}"},"eth_addr":"{{Wallet}}","list":[1,{"b":null}]}""")]
    [InlineData($$"""{"text":"\"eth_addr\":\"{{Other}}\"","eth_addr":"{{Wallet}}"}""")]
    public void What_the_supervisor_writes_names_its_wallet(string userData)
    {
        AttestedWallet.TryRead(Encoding.UTF8.GetBytes(userData), out var wallet).ShouldBeTrue();
        wallet.ShouldBe(Views.Wallet(2));
    }

    [Fact]
    public void Twenty_bytes_are_the_wallet_of_an_old_build()
    {
        AttestedWallet.TryRead(Views.Wallet(2).ToArray(), out var wallet).ShouldBeTrue();
        wallet.ShouldBe(Views.Wallet(2));
        AttestedWallet.TryRead(new byte[20], out _).ShouldBeFalse("the zero address is nobody's");
        AttestedWallet.TryRead(Views.Wallet(2).ToArray().AsMemory(1), out _).ShouldBeFalse();
        AttestedWallet.TryRead((byte[])[.. Views.Wallet(2).ToArray(), 0], out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData($"\"{Wallet}\"")]
    [InlineData($$"""[{"eth_addr":"{{Wallet}}"}]""")]
    [InlineData($$"""{"a":{"eth_addr":"{{Wallet}}"} }""")]
    [InlineData($$"""{"a":{"eth_addr":"{{Other}}"},"eth_addr":"{{Wallet}}"}""")]
    [InlineData($$"""{"a":[[{"eth_addr":7}]],"eth_addr":"{{Wallet}}"}""")]
    [InlineData($$"""{"eth_addr":"{{Wallet}}","a":{"\u0065th_addr":"{{Other}}"} }""")]
    [InlineData($$"""{"eth_addr":"{{Wallet}}","eth_addr":"{{Wallet}}"}""")]
    [InlineData($$"""{"eth_addr":"{{Wallet}}","\u0065th_addr":"{{Other}}"}""")]
    [InlineData($$"""{"ETH_ADDR":"{{Wallet}}"}""")]
    [InlineData($$"""{"eth_addr":"{{Wallet}}0"}""")]
    [InlineData($$"""{"eth_addr":["{{Wallet}}"]}""")]
    [InlineData("""{"eth_addr":"0x0000000000000000000000000000000000000000"}""")]
    [InlineData($$"""{"eth_addr":"{{Wallet}}"} {}""")]
    public void Anything_else_names_nobody(string userData) =>
        AttestedWallet.TryRead(Encoding.UTF8.GetBytes(userData), out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void The_longest_user_data_is_what_the_hypervisor_takes(int over, bool expected)
    {
        string frame = $$"""{"a":"","eth_addr":"{{Wallet}}"}""";
        string padded = frame.Replace("\"\"", $"\"{new string('x', Limits.MaxAttestedUserDataBytes - frame.Length + over)}\"", StringComparison.Ordinal);
        AttestedWallet.TryRead(Encoding.UTF8.GetBytes(padded), out _).ShouldBe(expected);
    }

    [Fact]
    public void The_simulated_supervisor_writes_over_the_top_and_leaves_what_is_nested()
    {
        StrictJson.TryParse(Encoding.UTF8.GetBytes($$"""{"eth_addr":"{{Other}}","b":1}"""), 100, out var given).ShouldBeTrue();
        AttestedWallet.TryRead(SupervisorUserData.Of(given!, Views.Wallet(2)), out var wallet).ShouldBeTrue();
        wallet.ShouldBe(Views.Wallet(2));

        StrictJson.TryParse(Encoding.UTF8.GetBytes($$"""{"a":{"eth_addr":"{{Other}}"} }"""), 100, out var nested).ShouldBeTrue();
        byte[] written = SupervisorUserData.Of(nested!, Views.Wallet(2));
        Encoding.UTF8.GetString(written).ShouldStartWith($$"""{"a":{"eth_addr":"{{Other}}"}""");
        AttestedWallet.TryRead(written, out _).ShouldBeFalse();
    }
}
