using FsCheck;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Properties.Vectors;

namespace Kms.Properties.Cryptography;

public class KeyDerivationTests
{
    [Fact]
    public void Every_version_1_vector_derives_in_epoch_1()
    {
        foreach (var vector in VectorFile.Cases("derive-v1.json"))
        {
            using var secret = MasterSecret.Import(vector.Hex("master_secret"));
            var input = new DerivationInput(vector.Text("path"), vector.Text("context"), 1);
            var key = new byte[vector.GetProperty("length").GetInt32()];
            KeyDerivation.DeriveApp(secret, AppId.From(vector.GetProperty("app_id").GetUInt64()), Epoch.From(1), input, key);
            key.ShouldBe(vector.Hex("key"));
        }
    }

    [Fact]
    public void Every_version_2_vector_derives()
    {
        foreach (var vector in VectorFile.Cases("derive-v2.json"))
        {
            using var secret = MasterSecret.Import(vector.Hex("master_secret"));
            var input = new DerivationInput(vector.Text("path"), vector.Text("context"), vector.GetProperty("derivation").GetInt32());
            var key = new byte[vector.GetProperty("length").GetInt32()];
            KeyDerivation.DeriveApp(
                secret,
                AppId.From(vector.GetProperty("app_id").GetUInt64()),
                Epoch.From(vector.GetProperty("epoch").GetUInt64()),
                input,
                key);
            key.ShouldBe(vector.Hex("key"));
        }
    }

    [Property]
    public void Derivation_2_is_injective(NonNull<string> path, NonNull<string> context, NonNull<string> otherPath, NonNull<string> otherContext)
    {
        var (left, right) = (Text(path), Text(context));
        var (otherLeft, otherRight) = (Text(otherPath), Text(otherContext));
        bool same = left == otherLeft && right == otherRight;
        App(1, 1, new(left, right, 2)).SequenceEqual(App(1, 1, new(otherLeft, otherRight, 2))).ShouldBe(same);
    }

    [Fact]
    public void Derivation_2_tells_apart_what_derivation_1_confuses()
    {
        App(1, 1, new("a:b", "c", 1)).ShouldBe(App(1, 1, new("a", "b:c", 1)));
        App(1, 1, new("a:b", "c", 2)).ShouldNotBe(App(1, 1, new("a", "b:c", 2)));
    }

    [Property]
    public void Apps_epochs_and_derivations_never_share_a_key(PositiveInt app, PositiveInt otherApp, PositiveInt epoch, PositiveInt otherEpoch, NonNull<string> path)
    {
        var spaces = new[]
        {
            (app.Get, epoch.Get, 1), (app.Get, epoch.Get, 2), (otherApp.Get, epoch.Get, 1),
            (app.Get, otherEpoch.Get, 1), (otherApp.Get, otherEpoch.Get, 2),
        }.Distinct().ToList();
        var keys = spaces.Select(space => Hex.Encode(App((ulong)space.Item1, (ulong)space.Item2, new(Text(path), "", space.Item3))));
        keys.Distinct().Count().ShouldBe(spaces.Count);
    }

    [Property]
    public void No_app_path_reaches_an_internal_key(PositiveInt app, PositiveInt epoch, NonNull<string> path)
    {
        var purpose = "p" + string.Concat(Text(path).Where(char.IsAsciiLetterOrDigit));
        var inner = Internal((ulong)epoch.Get, purpose);
        foreach (int derivation in new[] { 1, 2 })
        {
            App((ulong)app.Get, (ulong)epoch.Get, new(purpose, "", derivation)).ShouldNotBe(inner);
        }
    }

    [Property]
    public void Internal_purposes_and_epochs_never_share_a_key(PositiveInt epoch)
    {
        var purposes = new[] { "sync-channel", "app-data:1", "app-data:11", "app-data:2" };
        var keys = purposes.SelectMany(purpose => new[] { Internal((ulong)epoch.Get, purpose), Internal((ulong)epoch.Get + 1, purpose) });
        keys.Select(key => Hex.Encode(key)).Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public void A_shorter_key_is_a_prefix_of_a_longer_one_and_secrets_never_share_keys()
    {
        using var secret = Keys.Secret(1);
        using var other = Keys.Secret(2);
        var input = new DerivationInput("p", "", 1);
        byte[] shortKey = new byte[16], longKey = new byte[1_024], otherKey = new byte[16];
        KeyDerivation.DeriveApp(secret, AppId.From(1), Epoch.From(1), input, shortKey);
        KeyDerivation.DeriveApp(secret, AppId.From(1), Epoch.From(1), input, longKey);
        KeyDerivation.DeriveApp(other, AppId.From(1), Epoch.From(1), input, otherKey);
        longKey[..16].ShouldBe(shortKey);
        otherKey.ShouldNotBe(shortKey);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_025)]
    public void A_length_outside_the_limits_is_a_bug(int length) =>
        Should.Throw<InvariantException>(() => Internal(1, "purpose", length));

    [Fact]
    public void A_lone_surrogate_is_refused_rather_than_replaced() =>
        Should.Throw<ArgumentException>(() => App(1, 1, new("\ud800", "", 2)));

    // FsCheck draws lone surrogates, which no parsed request holds.
    private static string Text(NonNull<string> text) => string.Concat(text.Get.Where(c => !char.IsSurrogate(c)));

    private static byte[] App(ulong app, ulong epoch, DerivationInput input)
    {
        using var secret = Keys.Secret(1);
        var key = new byte[32];
        KeyDerivation.DeriveApp(secret, AppId.From(app), Epoch.From(epoch), input, key);
        return key;
    }

    private static byte[] Internal(ulong epoch, string purpose, int length = 32)
    {
        using var secret = Keys.Secret(1);
        var key = new byte[length];
        KeyDerivation.DeriveInternal(secret, Epoch.From(epoch), purpose, key);
        return key;
    }
}
