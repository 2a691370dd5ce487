using System.Reflection;
using Kms.Core.Node;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Sim.World;

/// <summary>Looks into a running node, for the checkers alone. Production code has no hooks for tests, so the raw secrets, which
/// nothing hands out, are read from private fields.</summary>
internal sealed class NodeProbe(KmsNode node)
{
    private static readonly FieldInfo Entries = Field(typeof(SecretRing), typeof(List<RingEntry>));
    private static readonly FieldInfo Secret = Field(typeof(RingEntry), typeof(MasterSecret));

    /// <summary>What the node holds; nothing before it made its ring.</summary>
    public IReadOnlyList<HeldSecret> Held => node.Parts?.Secrets.Held ?? [];

    /// <summary>Changes with every change of the ring.</summary>
    public long Generation => node.Parts?.Secrets.Generation ?? -1;

    public Bytes32? Digest => node.Parts?.Store.Digest();

    /// <summary>The raw secrets by hash.</summary>
    public IEnumerable<(Bytes32 Hash, byte[] Secret)> RawSecrets()
    {
        if (node.Parts is not { } parts)
        {
            yield break;
        }

        foreach (var entry in ((List<RingEntry>)Entries.GetValue(parts.Secrets)!).ToArray())
        {
            if (entry.State != SecretState.Destroyed)
            {
                var bytes = new byte[MasterSecret.Size];
                ((MasterSecret)Secret.GetValue(entry)!).CopyTo(bytes, SecretKeyAccess.Hashing);
                yield return (entry.Hash, bytes);
            }
        }
    }

    private static FieldInfo Field(Type owner, Type type) =>
        owner.GetFields(BindingFlags.Instance | BindingFlags.NonPublic).Single(field => field.FieldType == type);
}
