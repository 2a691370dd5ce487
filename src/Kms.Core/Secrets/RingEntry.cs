using System.Security.Cryptography;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Core.Secrets;

/// <summary>
/// One secret of the ring with everything that was derived from it. All state is behind the entry's own lock, and every use
/// looks at <see cref="State"/> under it: once a move out of Active returned, no use of the secret or of anything derived from
/// it can begin or be under way (finding C2).
/// </summary>
internal sealed class RingEntry(Epoch epoch, Bytes32 hash, MasterSecret secret) : IDisposable
{
    private const int AesKeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly object _gate = new();
    private readonly BoundedCache<DerivedKey, byte[]> _derived = new(Limits.MaxDerivedKeysCachedPerEpoch, Zero);
    private readonly BoundedCache<(WalletAddress, WalletAddress), byte[]> _channels = new(Limits.MaxChannelKeysCachedPerEpoch, Zero);
    private readonly BoundedCache<AppId, AesGcm> _appData = new(Limits.MaxAppDataKeysCachedPerEpoch, cipher => cipher.Dispose());
    private SecretState _state = SecretState.Candidate;
    private bool _proposedAtFinal;
    private int _rejections;
    private bool _wasActive;

    public Epoch Epoch { get; } = epoch;

    public Bytes32 Hash { get; } = hash;

    public SecretState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public HeldSecret Describe()
    {
        lock (_gate)
        {
            return new HeldSecret(Epoch, Hash, _state, _proposedAtFinal, _rejections, _wasActive);
        }
    }

    /// <summary>How many derived values are kept; zero unless Active.</summary>
    public int CachedCount
    {
        get
        {
            lock (_gate)
            {
                return _derived.Count + _channels.Count + _appData.Count;
            }
        }
    }

    /// <summary>The one place that moves the state. Whatever was derived is gone when it returns.</summary>
    public void MoveTo(SecretState next)
    {
        lock (_gate)
        {
            Invariant.RequireOfRing(SecretTransitions.Allows(_state, next));
            _state = next;
            _wasActive |= next == SecretState.Active;
            _derived.Clear();
            _channels.Clear();
            _appData.Clear();
            if (next == SecretState.Destroyed)
            {
                secret.Dispose();
            }
        }
    }

    public void MarkProposed(bool atFinal)
    {
        lock (_gate)
        {
            _proposedAtFinal = atFinal;
        }
    }

    public void CountRejection()
    {
        lock (_gate)
        {
            _rejections++;
        }
    }

    public bool TryDeriveApp(AppId app, DerivationInput input, Span<byte> output)
    {
        lock (_gate)
        {
            if (_state != SecretState.Active)
            {
                return false;
            }

            var id = new DerivedKey(app, input, output.Length);
            if (!_derived.TryGet(id, out byte[]? key))
            {
                key = SecretBytes.Allocate(output.Length);
                KeyDerivation.DeriveApp(secret, app, Epoch, input, key);
                _derived.Add(id, key);
            }

            key.CopyTo(output);
            return true;
        }
    }

    public bool TryDeriveChannelKey(WalletAddress initiator, WalletAddress responder, Span<byte> output)
    {
        lock (_gate)
        {
            if (_state != SecretState.Active)
            {
                return false;
            }

            if (!_channels.TryGet((initiator, responder), out byte[]? key))
            {
                key = SecretBytes.Allocate(AesKeyBytes);
                KeyDerivation.DeriveInternal(secret, Epoch, $"sync-channel:{initiator}:{responder}", key);
                _channels.Add((initiator, responder), key);
            }

            key.CopyTo(output);
            return true;
        }
    }

    /// <summary>Writes nonce ‖ ciphertext ‖ tag; the nonce is in the output already. False when the secret is not Active.</summary>
    public bool TrySeal(AppId app, ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData, Span<byte> output)
    {
        lock (_gate)
        {
            if (_state != SecretState.Active)
            {
                return false;
            }

            AppDataCipher(app).Encrypt(
                output[..NonceBytes], plaintext, output.Slice(NonceBytes, plaintext.Length), output[^TagBytes..], associatedData);
            return true;
        }
    }

    public SealerOpenResult TryOpen(AppId app, ReadOnlySpan<byte> sealedValue, ReadOnlySpan<byte> associatedData, Span<byte> plaintext)
    {
        lock (_gate)
        {
            if (_state != SecretState.Active)
            {
                return SealerOpenResult.EpochUnavailable;
            }

            try
            {
                AppDataCipher(app).Decrypt(
                    sealedValue[..NonceBytes], sealedValue[NonceBytes..^TagBytes], sealedValue[^TagBytes..], plaintext, associatedData);
                return SealerOpenResult.Opened;
            }
            catch (AuthenticationTagMismatchException)
            {
                return SealerOpenResult.NotAuthentic;
            }
        }
    }

    /// <summary>Runs the work with the secret itself (handover); false unless the entry is Active or Candidate.</summary>
    public bool TryWithSecret<T>(Func<MasterSecret, T> work, out T? result)
    {
        lock (_gate)
        {
            bool held = _state is SecretState.Active or SecretState.Candidate;
            result = held ? work(secret) : default;
            return held;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_state != SecretState.Destroyed)
            {
                MoveTo(SecretState.Destroyed);
            }
        }
    }

    public override string ToString() => nameof(RingEntry);

    private AesGcm AppDataCipher(AppId app)
    {
        if (_appData.TryGet(app, out var known))
        {
            return known;
        }

        byte[] key = SecretBytes.Allocate(AesKeyBytes);
        try
        {
            KeyDerivation.DeriveInternal(secret, Epoch, $"app-data:{app}", key);
            var cipher = new AesGcm(key, TagBytes);
            _appData.Add(app, cipher);
            return cipher;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void Zero(byte[] key) => CryptographicOperations.ZeroMemory(key);

    private sealed record DerivedKey(AppId App, DerivationInput Input, int Length);
}
