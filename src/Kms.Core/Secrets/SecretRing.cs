using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Secrets;

/// <summary>
/// The secrets this node holds, by epoch: candidate, active, quarantined. Everything derived from a secret lives inside its
/// entry, so installing, quarantining or destroying an entry invalidates all of it at once (finding C2).
/// </summary>
internal sealed class SecretRing(NodeRandom random) : IValueSealer, IDisposable
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly object _gate = new();
    private readonly List<RingEntry> _entries = [];
    private readonly Dictionary<Epoch, RingEntry> _active = [];
    private long _generation;
    private bool _disposed;

    /// <summary>Grows with every change of any entry: equal before and after means that nothing was replaced in between.</summary>
    public long Generation
    {
        get
        {
            lock (_gate)
            {
                return _generation;
            }
        }
    }

    /// <summary>What is held, ordered by epoch and hash.</summary>
    public IReadOnlyList<HeldSecret> Held
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Select(entry => entry.Describe()).OrderBy(held => held.Epoch).ThenBy(held => held.Hash)];
            }
        }
    }

    /// <summary>
    /// Takes ownership of a secret as candidate of an epoch, after comparing its hash with the one that the chain names:
    /// nothing else is ever installed (design §6.3). False: the hash differs, it is held already, or the ring is full or disposed.
    /// </summary>
    public bool TryInstall(Epoch epoch, Bytes32 expectedHash, MasterSecret secret)
    {
        Invariant.Require(!epoch.IsDefault);
        Invariant.Require(!expectedHash.IsZero);
        bool installed = false;
        if (secret.Hash == expectedHash)
        {
            lock (_gate)
            {
                if (!_disposed && Find(epoch, expectedHash) is null && _entries.Count < Limits.MaxSecrets)
                {
                    _entries.Add(new RingEntry(epoch, expectedHash, secret));
                    _generation++;
                    installed = true;
                }
            }
        }

        if (!installed)
        {
            secret.Dispose();
        }

        return installed;
    }

    /// <summary>Lets a candidate, or a quarantined secret, be used. At most one secret of an epoch is active.</summary>
    public void Activate(Epoch epoch, Bytes32 hash)
    {
        lock (_gate)
        {
            var entry = Required(epoch, hash);
            Invariant.RequireOfRing(!_active.ContainsKey(epoch));
            entry.MoveTo(SecretState.Active);
            _active.Add(epoch, entry);
            _generation++;
        }
    }

    /// <summary>Stops every use; keeps the secret.</summary>
    public void Quarantine(Epoch epoch, Bytes32 hash) => Move(epoch, hash, SecretState.Quarantined);

    /// <summary>Out of quarantine, as a candidate again.</summary>
    public void RestoreCandidate(Epoch epoch, Bytes32 hash) => Move(epoch, hash, SecretState.Candidate);

    /// <summary>Removes the secret from memory.</summary>
    public void Destroy(Epoch epoch, Bytes32 hash) => Move(epoch, hash, SecretState.Destroyed);

    /// <summary>Quarantines all (deep reorg, changed identity), and forgets which proposals were seen when asked to.</summary>
    /// <returns>What was quarantined now.</returns>
    public IReadOnlyList<HeldSecret> QuarantineAll(bool forgetProposals)
    {
        lock (_gate)
        {
            var moved = new List<HeldSecret>();
            foreach (var entry in _entries.OrderBy(one => one.Epoch).ThenBy(one => one.Hash))
            {
                if (forgetProposals)
                {
                    entry.MarkProposed(false);
                }

                if (entry.State is SecretState.Active or SecretState.Candidate)
                {
                    moved.Add(entry.Describe());
                    entry.MoveTo(SecretState.Quarantined);
                }
            }

            _active.Clear();
            _generation++;
            return moved;
        }
    }

    /// <summary>Notes that a final view shows the hash proposed.</summary>
    public void MarkProposed(Bytes32 hash)
    {
        lock (_gate)
        {
            foreach (var entry in _entries.Where(one => one.Hash == hash))
            {
                entry.MarkProposed(true);
            }
        }
    }

    /// <summary>Notes that the registry would not take a proposal of the hash.</summary>
    public void CountRejection(Epoch epoch, Bytes32 hash)
    {
        lock (_gate)
        {
            Find(epoch, hash)?.CountRejection();
        }
    }

    /// <summary>True when requests for the epoch can be served.</summary>
    public bool IsActive(Epoch epoch) => ActiveEntry(epoch) is not null;

    /// <summary>How many derived values of the epoch are kept; zero unless it is usable.</summary>
    public int CachedCount(Epoch epoch) => ActiveEntry(epoch)?.CachedCount ?? 0;

    /// <summary>Null when no such secret is here.</summary>
    public SecretState? StateOf(Epoch epoch, Bytes32 hash)
    {
        lock (_gate)
        {
            return Find(epoch, hash)?.State;
        }
    }

    /// <summary>Runs a sealing of the secret that the holder stands for; false when it was quarantined or destroyed since.</summary>
    public bool TryHandOver<T>(Holder holder, Func<MasterSecret, T> seal, [NotNullWhen(true)] out T? result)
        where T : class
    {
        RingEntry? entry;
        lock (_gate)
        {
            entry = Find(holder.Epoch, holder.Hash);
        }

        result = null;
        return entry is not null && entry.TryWithSecret(seal, out result) && result is not null;
    }

    /// <summary>Derives an app key; false when the epoch's secret is not active here (503 epoch_unavailable).</summary>
    public bool TryDeriveApp(Epoch epoch, AppId app, DerivationInput input, Span<byte> output) =>
        ActiveEntry(epoch) is { } entry && entry.TryDeriveApp(app, input, output);

    /// <summary>32-byte peer channel key of an epoch for two wallets (order matters: initiator, responder).</summary>
    public bool TryDeriveChannelKey(Epoch epoch, WalletAddress initiator, WalletAddress responder, Span<byte> key) =>
        ActiveEntry(epoch) is { } entry && entry.TryDeriveChannelKey(initiator, responder, key);

    public bool TrySeal(AppId app, Epoch epoch, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, out byte[] sealedValue)
    {
        sealedValue = [];
        if (ActiveEntry(epoch) is not { } entry)
        {
            return false;
        }

        var output = new byte[NonceBytes + plaintext.Length + TagBytes]; // public: nonce, ciphertext, tag
        random.Fill(output.AsSpan(0, NonceBytes));
        if (!entry.TrySeal(app, plaintext, associatedData, output))
        {
            return false;
        }

        sealedValue = output;
        return true;
    }

    public SealerOpenResult TryOpen(AppId app, Epoch epoch, ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> associatedData, out byte[] plaintext)
    {
        plaintext = [];
        if (ActiveEntry(epoch) is not { } entry)
        {
            return SealerOpenResult.EpochUnavailable;
        }

        if (sealedValue.Length < NonceBytes + TagBytes)
        {
            return SealerOpenResult.NotAuthentic;
        }

        byte[] output = SecretBytes.Allocate(sealedValue.Length - NonceBytes - TagBytes);
        var result = entry.TryOpen(app, sealedValue, associatedData, output);
        if (result == SealerOpenResult.Opened)
        {
            plaintext = output;
        }
        else
        {
            CryptographicOperations.ZeroMemory(output);
        }

        return result;
    }

    /// <summary>Destroys everything.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var entry in _entries)
            {
                entry.Dispose();
            }

            _entries.Clear();
            _active.Clear();
            _generation++;
        }
    }

    public override string ToString() => nameof(SecretRing);

    private void Move(Epoch epoch, Bytes32 hash, SecretState next)
    {
        Invariant.Require(next != SecretState.Active);
        lock (_gate)
        {
            var entry = Required(epoch, hash);
            if (_active.TryGetValue(epoch, out var active) && active == entry)
            {
                _active.Remove(epoch);
            }

            entry.MoveTo(next);
            if (next == SecretState.Destroyed)
            {
                _entries.Remove(entry);
            }

            _generation++;
        }
    }

    private RingEntry? ActiveEntry(Epoch epoch)
    {
        lock (_gate)
        {
            return _active.GetValueOrDefault(epoch);
        }
    }

    private RingEntry Required(Epoch epoch, Bytes32 hash)
    {
        var entry = Find(epoch, hash);
        Invariant.RequireOfRing(entry is not null);
        return entry;
    }

    private RingEntry? Find(Epoch epoch, Bytes32 hash) => _entries.Find(one => one.Epoch == epoch && one.Hash == hash);
}

/// <summary>What decisions may know of a ring entry: everything but the secret.</summary>
/// <param name="ProposedAtFinal">A final view has shown its proposal: once that closes, the registry never takes the hash again.</param>
/// <param name="Rejections">How often the registry would not take its proposal although every visible condition held.</param>
/// <param name="WasActive">It was used once: apps may depend on it, so it is never taken for a candidate again that came to nothing.</param>
internal sealed record HeldSecret(
    Epoch Epoch, Bytes32 Hash, SecretState State, bool ProposedAtFinal, int Rejections, bool WasActive = false);

/// <summary>
/// The right to hand a secret over: this node holds it, and both views show its hash active and unretired, or proposed and the
/// proposal open. Nothing makes one but the check itself, <see cref="Of"/>.
/// </summary>
internal sealed class Holder
{
    private Holder(ChainView view, Epoch epoch, Bytes32 hash)
    {
        View = view;
        Epoch = epoch;
        Hash = hash;
    }

    public ChainView View { get; }

    public Epoch Epoch { get; }

    public Bytes32 Hash { get; }

    /// <summary>Null when the secret is not here, or the views do not show it so.</summary>
    public static Holder? Of(SecretRing ring, ChainView view, Epoch epoch, Bytes32 hash)
    {
        bool mayHandOver = ring.StateOf(epoch, hash) switch
        {
            SecretState.Active => SecretDecisions.IsActiveAtBoth(view, epoch, hash),
            SecretState.Candidate => SecretDecisions.IsActiveAtBoth(view, epoch, hash) || SecretDecisions.IsOpenAtBoth(view, epoch, hash),
            _ => false,
        };
        return mayHandOver ? new Holder(view, epoch, hash) : null;
    }
}

/// <summary>Names each place that touches raw secret bytes, so that a search for this type finds them all.</summary>
internal enum SecretKeyAccess
{
    Hashing = 1,
    Derivation = 2,
    Handover = 3,
}
