using System.Reflection;
using Kms.Core.Node;
using Kms.Core.Primitives;
using Kms.Core.Replication;
using Kms.Core.Secrets;
using Kms.Core.Store;

namespace Kms.Sim.World;

/// <summary>Looks into a running node, for the checkers alone: production code has no hooks for tests, so this reads its
/// private fields.</summary>
internal sealed class NodeProbe
{
    private const int MaxDepth = 4;

    private readonly KmsNode _node;
    private SecretRing? _ring;
    private RecordStore? _store;

    public NodeProbe(KmsNode node) => _node = node;

    /// <summary>Null until the node made its ring.</summary>
    public SecretRing? Ring => _ring ??= Find<SecretRing>(_node, MaxDepth, []);

    public RecordStore? Store => _store ??= Find<RecordStore>(_node, MaxDepth, []);

    public IReadOnlyList<HeldSecret> Held => Ring?.Held ?? [];

    public Bytes32? Digest => Store?.Digest();

    /// <summary>The raw secrets by hash.</summary>
    public IEnumerable<(Bytes32 Hash, byte[] Secret)> RawSecrets()
    {
        if (Ring is not { } ring || Field(ring, typeof(List<RingEntry>)) is not List<RingEntry> entries)
        {
            yield break;
        }

        foreach (var entry in entries.ToArray())
        {
            if (entry.State != SecretState.Destroyed && Field(entry, typeof(MasterSecret)) is MasterSecret secret)
            {
                var bytes = new byte[MasterSecret.Size];
                secret.CopyTo(bytes, SecretKeyAccess.Hashing);
                yield return (entry.Hash, bytes);
            }
        }
    }

    private static object? Field(object owner, Type type) =>
        owner.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .FirstOrDefault(field => field.FieldType == type)?.GetValue(owner);

    private static T? Find<T>(object owner, int depth, HashSet<object> seen)
        where T : class
    {
        if (owner is T found)
        {
            return found;
        }

        if (depth == 0 || !seen.Add(owner))
        {
            return null;
        }

        foreach (var field in owner.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public))
        {
            if (field.FieldType.IsClass
                && field.FieldType.Assembly == typeof(KmsNode).Assembly
                && field.GetValue(owner) is { } value
                && Find<T>(value, depth - 1, seen) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }
}
