using Kms.Core.Membership;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Properties.Fakes;

namespace Kms.Properties.Membership;

/// <summary>Exact texts of the relayed statements (design §5), as KMSRegistry builds them.</summary>
public sealed class RegistryStatementTests
{
    private static readonly ChainIdentity Chain = new(84532, WalletAddress.Parse("0xABCDEF0123456789abcdef0123456789ABCDEF01"));

    [Fact]
    public void Propose_names_zero_as_proposal() => RegistryStatement.Propose(Chain, Epoch.From(7), Views.Hash(0xAB), 1_800_000_000).ShouldBe(
        "NovaKMS:Propose:84532:0xabcdef0123456789abcdef0123456789abcdef01:7:0xabababababababababababababababababababababababababababababababab:0:1800000000");

    [Fact]
    public void Confirm_names_its_proposal() => RegistryStatement.Confirm(Chain, Epoch.From(1), Views.Hash(0x01), 12, 1_800_000_001).ShouldBe(
        "NovaKMS:Confirm:84532:0xabcdef0123456789abcdef0123456789abcdef01:1:0x0101010101010101010101010101010101010101010101010101010101010101:12:1800000001");
}
