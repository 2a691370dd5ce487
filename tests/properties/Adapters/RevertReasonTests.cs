using Kms.Adapters.Ethereum;
using Kms.Core.Primitives;
using static Kms.Properties.Adapters.AbiSample;

namespace Kms.Properties.Adapters;

public sealed class RevertReasonTests
{
    // Selectors by `cast sig`.
    [Fact]
    public void Errors_of_the_registry_are_named_with_their_arguments()
    {
        RevertReason.Describe([.. Hex.Decode("0xe9477930"), .. Word(0x1234), .. Word(77)])
            .ShouldBe("KMSRegistry_Barred(0x0000000000000000000000000000000000001234, 77)");
        RevertReason.Describe(Hex.Decode("0x3119aa42")).ShouldBe("KMSRegistry_NoEpochWanted()");
        RevertReason.Describe([.. Hex.Decode("0x01020304"), .. Word(7)]).ShouldBe("custom error 0x01020304");
        RevertReason.Describe([.. Hex.Decode("0x08c379a0"), .. Word(32), .. Dynamic("no"u8.ToArray())]).ShouldBe("Error(no)");
        RevertReason.Describe([.. Hex.Decode("0x4e487b71"), .. Word(0x11)]).ShouldBe("Panic(17)");
        RevertReason.Describe([]).ShouldBe("reverted without data");
    }

    [Fact]
    public void Malformed_arguments_leave_the_name()
    {
        RevertReason.Describe([.. Hex.Decode("0x08c379a0"), 1, 2, 3]).ShouldBe("Error");
        RevertReason.Describe(Hex.Decode("0x4e487b71")).ShouldBe("Panic");
        RevertReason.Describe(Hex.Decode("0xe9477930")).ShouldBe("KMSRegistry_Barred");
    }
}
