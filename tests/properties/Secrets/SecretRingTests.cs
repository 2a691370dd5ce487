using System.Buffers.Binary;
using FsCheck.Xunit;
using Kms.Core;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Core.Secrets;
using Kms.Core.Store;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Secrets;

/// <summary>The ring against a model, and finding C2. Invariants 2, 3 and 6 of docs/invariants.md.</summary>
public sealed class SecretRingTests : IDisposable
{
    private static readonly AppId App = AppId.From(5);
    private static readonly Epoch One = Epoch.From(1);
    private static readonly DerivationInput Input = new("path", string.Empty, 1);

    private readonly NodeRandom _random = Keys.Random(1);
    private readonly SecretRing _ring;

    public SecretRingTests() => _ring = new SecretRing(_random);

    public void Dispose()
    {
        _ring.Dispose();
        _random.Dispose();
    }

    [Fact]
    public void A_secret_with_another_hash_is_never_installed_and_is_disposed()
    {
        var secret = Keys.Secret(3);
        _ring.TryInstall(One, Views.Hash(9), secret).ShouldBeFalse();

        _ring.Held.ShouldBeEmpty();
        Should.Throw<ObjectDisposedException>(() => secret.CopyTo(new byte[MasterSecret.Size], SecretKeyAccess.Hashing));
    }

    [Fact]
    public void A_candidate_and_a_quarantined_secret_derive_and_open_nothing()
    {
        var hash = Install(3);
        Derive(One).ShouldBeNull();

        _ring.Activate(One, hash);
        _ring.TrySeal(App, One, [1, 2, 3], [9], out byte[] sealedValue).ShouldBeTrue();
        Derive(One).ShouldNotBeNull();

        _ring.Quarantine(One, hash);
        Derive(One).ShouldBeNull();
        _ring.TryOpen(App, One, sealedValue, [9], out _).ShouldBe(SealerOpenResult.EpochUnavailable);
        _ring.TrySeal(App, One, [1], [9], out _).ShouldBeFalse();
        _ring.TryDeriveChannelKey(One, Views.Wallet(1), Views.Wallet(2), new byte[32]).ShouldBeFalse();

        _ring.Activate(One, hash);
        _ring.TryOpen(App, One, sealedValue, [9], out byte[] plaintext).ShouldBe(SealerOpenResult.Opened);
        plaintext.ShouldBe([1, 2, 3]);
    }

    [Property(MaxTest = 100)]
    public void After_a_replacement_nothing_of_the_old_secret_is_ever_used(byte first, byte second, bool destroy)
    {
        first = (byte)(first % 100 + 1);
        second = (byte)(second % 100 + 101);
        using var random = Keys.Random(2);
        using var ring = new SecretRing(random);
        var before = Install(ring, first);
        ring.Activate(One, before);
        byte[] old = Derive(ring, One)!;
        byte[] oldChannel = Channel(ring);
        ring.TrySeal(App, One, [7], [], out byte[] sealedValue).ShouldBeTrue();
        long generation = ring.Generation;

        if (destroy)
        {
            ring.Destroy(One, before);
        }
        else
        {
            ring.Quarantine(One, before);
        }

        var after = Install(ring, second);
        ring.Activate(One, after);

        // C2: nothing that was cached under the old secret survives it.
        Derive(ring, One).ShouldBe(Expected(second));
        Derive(ring, One).ShouldNotBe(old);
        Channel(ring).ShouldNotBe(oldChannel);
        ring.TryOpen(App, One, sealedValue, [], out _).ShouldBe(SealerOpenResult.NotAuthentic);
        ring.Generation.ShouldBeGreaterThan(generation);
    }

    [Fact]
    public async Task No_use_that_begins_after_a_replacement_sees_the_old_key_whatever_runs_beside_it()
    {
        var before = Install(3);
        _ring.Activate(One, before);
        byte[] oldKey = Expected(3);
        byte[] newKey = Expected(4);
        bool replaced = false;
        int stale = 0;
        int strange = 0;
        var users = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                bool afterwards = Volatile.Read(ref replaced);
                var key = Derive(_ring, One);
                bool isOld = key is not null && key.AsSpan().SequenceEqual(oldKey);
                bool isNew = key is not null && key.AsSpan().SequenceEqual(newKey);
                Interlocked.Add(ref stale, afterwards && isOld ? 1 : 0);
                Interlocked.Add(ref strange, key is null || isOld || isNew ? 0 : 1);
            }
        })).ToArray();

        _ring.Quarantine(One, before);
        var after = Install(4);
        _ring.Activate(One, after);
        Volatile.Write(ref replaced, true);
        await Task.WhenAll(users);

        stale.ShouldBe(0);
        strange.ShouldBe(0, "a half-wiped key");
    }

    [Property(MaxTest = 300)]
    public void The_ring_follows_its_transition_table(byte[] moves)
    {
        using var random = Keys.Random(2);
        using var ring = new SecretRing(random);
        var hash = Install(ring, 3);
        var state = SecretState.Candidate;
        foreach (byte move in moves.Where(_ => state != SecretState.Destroyed))
        {
            var next = (SecretState)(move % 4);
            bool allowed = SecretTransitions.Allows(state, next);
            Action act = next switch
            {
                SecretState.Active => () => ring.Activate(One, hash),
                SecretState.Quarantined => () => ring.Quarantine(One, hash),
                SecretState.Candidate => () => ring.RestoreCandidate(One, hash),
                _ => () => ring.Destroy(One, hash),
            };
            if (!allowed)
            {
                SecretTransitions.Allows(state, next).ShouldBeFalse();
                continue;
            }

            act();
            state = next;
            (Derive(ring, One) is not null).ShouldBe(state == SecretState.Active);
            ring.Held.Count.ShouldBe(state == SecretState.Destroyed ? 0 : 1);
        }
    }

    [Fact]
    public void Caches_inside_an_entry_are_bounded()
    {
        var hash = Install(3);
        _ring.Activate(One, hash);
        var key = new byte[32];
        for (int i = 0; i < Limits.MaxDerivedKeysCachedPerEpoch + 10; i++)
        {
            _ring.TryDeriveApp(One, App, new DerivationInput($"p{i}", string.Empty, 1), key).ShouldBeTrue();
        }

        _ring.CachedCount(One).ShouldBe(Limits.MaxDerivedKeysCachedPerEpoch);
        _ring.Quarantine(One, hash);
        _ring.CachedCount(One).ShouldBe(0);
    }

    [Fact]
    public void Channel_keys_and_the_ciphers_of_apps_are_kept_up_to_a_limit_each()
    {
        _ring.Activate(One, Install(3));
        var wallet = new byte[WalletAddress.Size];
        for (int i = 1; i <= Limits.MaxChannelKeysCachedPerEpoch + 1; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(wallet, i);
            _ring.TryDeriveChannelKey(One, WalletAddress.From(wallet), Views.Wallet(1), new byte[32]).ShouldBeTrue();
            _ring.CachedCount(One).ShouldBe(Math.Min(i, Limits.MaxChannelKeysCachedPerEpoch));
        }

        for (int i = 1; i <= Limits.MaxAppDataKeysCachedPerEpoch + 1; i++)
        {
            _ring.TrySeal(AppId.From((ulong)i), One, [1], [], out _).ShouldBeTrue();
            _ring.CachedCount(One).ShouldBe(Limits.MaxChannelKeysCachedPerEpoch + Math.Min(i, Limits.MaxAppDataKeysCachedPerEpoch));
        }
    }

    [Fact]
    public void The_ring_holds_a_secret_for_each_epoch_there_can_be_and_its_limit_of_candidates()
    {
        for (int i = 1; i <= Limits.MaxSecrets; i++)
        {
            var secret = Keys.Secret(3);
            _ring.TryInstall(Epoch.From((ulong)i), secret.Hash, secret).ShouldBeTrue();
        }

        var another = Keys.Secret(4);
        _ring.TryInstall(One, another.Hash, another).ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => another.CopyTo(new byte[MasterSecret.Size], SecretKeyAccess.Hashing));
    }

    [Theory]
    [InlineData("active", true, true, true)]
    [InlineData("active", true, false, false)]
    [InlineData("active", false, true, false)]
    [InlineData("open", true, true, true)]
    [InlineData("open", true, false, false)]
    [InlineData("open", false, true, false)]
    public void A_holder_is_minted_only_when_both_views_show_it(string how, bool final, bool latest, bool expected)
    {
        var hash = Install(3);
        KmsState shown = how == "active"
            ? Views.Kms(new EpochRecord(One, hash, Views.Wallet(1), 1, 1, false))
            : Views.Kms() with { Proposal = Views.Open(1, 1, 1) with { Hash = hash } };
        var view = Views.View(final ? shown : Views.Kms(), latest ? shown : Views.Kms());

        var holder = Holder.Of(_ring, view, One, hash);
        (holder is not null).ShouldBe(expected);

        _ring.Quarantine(One, hash);
        Holder.Of(_ring, view, One, hash).ShouldBeNull("quarantined secrets are not handed over");
        if (holder is not null)
        {
            _ring.TryHandOver(holder, _ => "secret", out _).ShouldBeFalse("an old holder is worth nothing after quarantine");
        }
    }

    [Fact]
    public void Nothing_is_installed_after_disposal()
    {
        _ring.Dispose();
        var secret = Keys.Secret(3);
        _ring.TryInstall(One, secret.Hash, secret).ShouldBeFalse();
    }

    private Bytes32 Install(byte number) => Install(_ring, number);

    private static Bytes32 Install(SecretRing ring, byte number)
    {
        var secret = Keys.Secret(number);
        var hash = secret.Hash;
        ring.TryInstall(One, hash, secret).ShouldBeTrue();
        return hash;
    }

    private byte[]? Derive(Epoch epoch) => Derive(_ring, epoch);

    private static byte[]? Derive(SecretRing ring, Epoch epoch)
    {
        var key = new byte[32];
        return ring.TryDeriveApp(epoch, App, Input, key) ? key : null;
    }

    private static byte[] Channel(SecretRing ring)
    {
        var key = new byte[32];
        ring.TryDeriveChannelKey(One, Views.Wallet(1), Views.Wallet(2), key).ShouldBeTrue();
        return key;
    }

    private static byte[] Expected(byte number)
    {
        using var secret = Keys.Secret(number);
        var key = new byte[32];
        KeyDerivation.DeriveApp(secret, App, One, Input, key);
        return key;
    }
}
