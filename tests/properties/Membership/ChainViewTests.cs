using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Membership;

/// <summary>What a view says of keys, and when a newer one says something new.</summary>
public sealed class ChainViewTests
{
    private static readonly InstanceRecord Lost = Views.Operator(9).Instance! with { TeePublicKey = KeyOf(4) };

    /// <summary>Attestation of a registered key is anybody's to have, whether KMSRegistry lists its instance or not.</summary>
    [Fact]
    public void A_key_is_registered_at_either_view_by_a_listed_instance_or_by_one_that_is_not()
    {
        var plain = Good();
        plain.IsRegistered(KeyOf(4)).ShouldBeFalse();
        (plain with { AtLatest = plain.AtLatest with { Operators = [new(Lost.Wallet, Lost, null)] } }).IsRegistered(KeyOf(4)).ShouldBeTrue();
        (plain with { AtFinal = plain.AtFinal with { Operators = [new(Lost.Wallet, Lost, null)] } }).IsRegistered(KeyOf(4)).ShouldBeTrue();
        (plain with { AtLatest = plain.AtLatest with { Unlisted = [Lost] } }).IsRegistered(KeyOf(4)).ShouldBeTrue();
        (plain with { AtFinal = plain.AtFinal with { Unlisted = [Lost] } }).IsRegistered(KeyOf(4)).ShouldBeTrue();
    }

    [Fact]
    public void An_instance_that_comes_or_goes_unlisted_is_news()
    {
        var plain = Good();
        var with = plain with { AtLatest = plain.AtLatest with { Unlisted = [Lost] } };
        ViewChange.Matters(plain, with).ShouldBeTrue();
        ViewChange.Matters(with, plain).ShouldBeTrue();
        ViewChange.Matters(with, with with { AtLatest = with.AtLatest with { Unlisted = [Lost] } }).ShouldBeFalse("the same again");
        ViewChange.Matters(null, plain).ShouldBeTrue();
    }

    private static ChainView Good() => Views.View(Views.Kms(Views.Active(1, 1)));

    private static TeePublicKey KeyOf(byte number)
    {
        using var key = Keys.Tee(number);
        return key.PublicKey;
    }
}
