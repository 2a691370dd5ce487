using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Sim.Components;

/// <summary>A real ring with secrets from the seed.</summary>
internal static class ComponentRing
{
    public static readonly Epoch One = Epoch.From(1);

    /// <summary>A ring whose first epoch is active.</summary>
    public static SecretRing Active(ComponentRun run, string label)
    {
        var ring = new SecretRing(run.NewNodeRandom(label));
        ring.Activate(One, Install(ring, run.Random.Fork("shared secret").Bytes(MasterSecret.Size)));
        return ring;
    }

    /// <returns>The secret's hash.</returns>
    public static Bytes32 Install(SecretRing ring, byte[] raw)
    {
        var secret = MasterSecret.Import(raw);
        var hash = secret.Hash;
        ring.TryInstall(One, hash, secret);
        return hash;
    }
}
