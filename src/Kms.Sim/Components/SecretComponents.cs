using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Core.Store;

namespace Kms.Sim.Components;

/// <summary>The ring while requests derive and seal, and the chain takes secrets away (finding C2).</summary>
internal static class SecretComponents
{
    private static readonly AppId App = AppId.From(7);
    private static readonly DerivationInput Input = new("path", string.Empty, 1);

    /// <summary>Once a quarantine returned, nothing is derived from that secret any more, cached or not.</summary>
    public static async Task ReplaceWhileDerivingAsync(ComponentRun run)
    {
        byte[] first = run.Random.Fork("shared secret").Bytes(MasterSecret.Size);
        byte[] second = run.Random.Fork("second").Bytes(MasterSecret.Size);
        var ring = ComponentRing.Active(run, "n0");
        var old = ring.Held[0].Hash;
        string before = Key(first);
        string after = Key(second);
        bool away = false;
        bool disposed = false;
        Action derive = () =>
        {
            var output = new byte[32];
            for (int i = 0; i < 3; i++)
            {
                bool wasAway = away;
                bool wasDisposed = disposed;
                if (!ring.TryDeriveApp(ComponentRing.One, App, Input, output))
                {
                    run.Sometimes("no secret to derive from");
                    continue;
                }

                var key = Convert.ToBase64String(output);
                run.Note("caller", key == before ? "old key" : "new key");
                run.Require(key == after || (key == before && !wasAway), "NoStaleDerivedKey", "a key of the secret that was put aside before the question");
                run.Require(!wasDisposed, "NoStaleDerivedKey", "a key from a ring that was disposed before the question");
            }
        };
        Action replace = () =>
        {
            ring.Quarantine(ComponentRing.One, old);
            away = true;
            var hash = ComponentRing.Install(ring, second);
            ring.Activate(ComponentRing.One, hash);
            if (run.Random.Chance(0.5))
            {
                ring.Destroy(ComponentRing.One, old);
            }

            run.Sometimes("replaced");
            if (run.Random.Chance(0.3))
            {
                ring.Dispose();
                disposed = true;
            }
        };
        await ComponentRun.TogetherAsync(derive, derive, replace);
        ring.Dispose();
        run.Require(ring.Held.Count == 0, "BoundedState", "a disposed ring holds secrets");
    }

    /// <summary>What is sealed opens or its epoch is unavailable; it is never damaged, and never opened after the quarantine.</summary>
    public static async Task QuarantineWhileSealingAsync(ComponentRun run)
    {
        using var ring = ComponentRing.Active(run, "n0");
        var hash = ring.Held[0].Hash;
        bool away = false;
        Action seal = () =>
        {
            for (int i = 0; i < 2; i++)
            {
                byte[] plain = [1, 2, 3, (byte)i];
                bool wasAway = away;
                if (!ring.TrySeal(App, ComponentRing.One, plain, [9], out var sealedValue))
                {
                    run.Sometimes("not sealed");
                    continue;
                }

                run.Require(!wasAway, "NoServiceFromUnconfirmedSecret", "sealed with a quarantined secret");
                bool wasAwayToOpen = away;
                var opened = ring.TryOpen(App, ComponentRing.One, sealedValue, [9], out var value);
                run.Note("caller", opened.ToString());
                run.Require(opened != SealerOpenResult.NotAuthentic, "ReadsAreWrites", "does not open what was just sealed");
                run.Require(opened != SealerOpenResult.Opened || (!wasAwayToOpen && value.AsSpan().SequenceEqual(plain)), "NoServiceFromUnconfirmedSecret", "opened with a quarantined secret");
            }
        };
        await ComponentRun.TogetherAsync(seal, seal, () =>
        {
            ring.QuarantineAll(forgetProposals: true);
            away = true;
        });
        run.Require(ring.CachedCount(ComponentRing.One) == 0, "NoStaleDerivedKey", "derived values outlive a quarantine");
    }

    /// <summary>However many bring the same secret, the ring holds one and at most one is active.</summary>
    public static async Task InstallTogetherAsync(ComponentRun run)
    {
        using var ring = new SecretRing(run.NewNodeRandom("n0"));
        byte[] raw = run.Random.Fork("handed over").Bytes(MasterSecret.Size);
        var hash = Keccak256.Hash(raw);
        int installed = 0;
        Action install = () =>
        {
            bool done = ring.TryInstall(ComponentRing.One, hash, MasterSecret.Import(raw));
            run.Note("caller", done ? "installed" : "held already");
            installed += done ? 1 : 0;
        };
        await ComponentRun.TogetherAsync(install, install, install, () => run.Sometimes(ring.IsActive(ComponentRing.One) ? "active" : "not active"));
        run.Require(installed == 1 && ring.Held.Count == 1, "OneSecretPerEpoch", $"installed {installed} times, {ring.Held.Count} held");
    }

    private static string Key(byte[] raw)
    {
        using var secret = MasterSecret.Import(raw);
        var output = new byte[32];
        KeyDerivation.DeriveApp(secret, App, ComponentRing.One, Input, output);
        return Convert.ToBase64String(output);
    }
}
