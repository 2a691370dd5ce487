using Kms.Core.Primitives;
using Kms.Core.Secrets;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>Knows every master secret that any node ever held, by its hash, and what derives from it.</summary>
internal sealed class SecretWitness(SimWorld world) : IDisposable
{
    private const int KeyBytes = 32;

    private readonly Dictionary<Incarnation, long> _generations = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Bytes32, byte[]> _secrets = [];
    private readonly Dictionary<Bytes32, MasterSecret> _handles = [];
    private readonly Dictionary<(Bytes32, AppId, string, ulong), string> _keys = [];

    /// <summary>Raw secrets, by hash.</summary>
    public IReadOnlyDictionary<Bytes32, byte[]> Secrets => _secrets;

    public void Look()
    {
        foreach (var slot in world.Alive)
        {
            long generation = slot.Current!.Probe.Generation;
            if (_generations.GetValueOrDefault(slot.Current, -2) == generation)
            {
                continue;
            }

            _generations[slot.Current] = generation;
            foreach (var (_, secret) in SimWorld.Probe(slot.Current!).RawSecrets())
            {
                // Under its true hash: what the node believes of it may be wrong.
                var handle = MasterSecret.Import(secret);
                if (_secrets.TryAdd(handle.Hash, secret))
                {
                    _handles.Add(handle.Hash, handle);
                }
                else
                {
                    handle.Dispose();
                }
            }
        }
    }

    /// <summary>The hash of the secret that an answer was derived from; null when no node ever held such a secret.</summary>
    public Bytes32? Source(DeriveRecord derived) => Match(derived) ?? LookAndMatch(derived);

    public void Dispose()
    {
        foreach (var handle in _handles.Values)
        {
            handle.Dispose();
        }
    }

    private Bytes32? LookAndMatch(DeriveRecord derived)
    {
        Look();
        return Match(derived);
    }

    private Bytes32? Match(DeriveRecord derived)
    {
        foreach (var hash in _secrets.Keys)
        {
            if (Expected(hash, derived) == derived.Key)
            {
                return hash;
            }
        }

        return null;
    }

    private string Expected(Bytes32 hash, DeriveRecord derived)
    {
        var name = (hash, derived.AppId, derived.Path, derived.Epoch);
        if (!_keys.TryGetValue(name, out var key))
        {
            var output = new byte[KeyBytes];
            KeyDerivation.DeriveApp(_handles[hash], derived.AppId, Epoch.From(derived.Epoch), new DerivationInput(derived.Path, string.Empty, 1), output);
            key = Convert.ToBase64String(output);
            _keys.Add(name, key);
        }

        return key;
    }
}
