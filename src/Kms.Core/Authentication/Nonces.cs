using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Authentication;

/// <summary>
/// One-time nonces without memory for those that were only issued: elapsed time ‖ random ‖ MAC under a key of this boot,
/// so a flood of <c>GET /nonce</c> evicts nobody. Only consumed ones are kept, until they would expire anyway.
/// </summary>
internal sealed class Nonces : IDisposable
{
    private const int TimeBytes = 8;
    private const int RandomBytes = 16;
    private const int MacBytes = Limits.NonceBytes - TimeBytes - RandomBytes;

    private static readonly byte[] Domain = Encoding.ASCII.GetBytes("nova-kms:nonce:1");

    private readonly object _gate = new();
    private readonly IClock _clock;
    private readonly NodeRandom _random;
    private readonly byte[] _key = SecretBytes.Allocate(32);
    private readonly Dictionary<UInt128, WalletAddress> _consumed = [];
    private readonly Dictionary<WalletAddress, int> _perWallet = [];
    private readonly PriorityQueue<UInt128, long> _byIssue = new();

    /// <param name="random">Gives the MAC key of this boot and the random part of every nonce.</param>
    public Nonces(IClock clock, NodeRandom random)
    {
        _clock = clock;
        _random = random;
        random.Fill(_key);
    }

    /// <summary>Consumed nonces that have not expired yet.</summary>
    public int ConsumedCount
    {
        get
        {
            lock (_gate)
            {
                Forget(NowMs);
                return _consumed.Count;
            }
        }
    }

    private long NowMs => (long)_clock.Elapsed.TotalMilliseconds;

    /// <summary>A fresh nonce, base64 (64 characters).</summary>
    public string Issue()
    {
        Span<byte> bytes = stackalloc byte[Limits.NonceBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, NowMs);
        _random.Fill(bytes.Slice(TimeBytes, RandomBytes));
        Authenticate(bytes[..^MacBytes], bytes[^MacBytes..]);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Checks form, MAC and age; consumes nothing.</summary>
    public NonceCheck Check(string text, out Nonce? nonce)
    {
        nonce = null;
        Span<byte> bytes = stackalloc byte[Limits.NonceBytes];
        if (!StrictBase64.TryDecode(text, bytes))
        {
            return NonceCheck.Malformed;
        }

        Span<byte> mac = stackalloc byte[MacBytes];
        Authenticate(bytes[..^MacBytes], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[^MacBytes..]))
        {
            return NonceCheck.NotOurs;
        }

        long issuedAtMs = BinaryPrimitives.ReadInt64BigEndian(bytes);
        Invariant.Require(issuedAtMs <= NowMs);
        if (IsExpired(issuedAtMs, NowMs))
        {
            return NonceCheck.Expired;
        }

        nonce = new Nonce(BinaryPrimitives.ReadUInt128BigEndian(bytes.Slice(TimeBytes, RandomBytes)), issuedAtMs);
        return NonceCheck.Ok;
    }

    /// <summary>The one atomic consumption: of any number of concurrent callers with the same nonce, one gets <c>Consumed</c>.</summary>
    public NonceConsumption Consume(Nonce nonce, WalletAddress wallet)
    {
        Invariant.Require(!wallet.IsDefault);
        lock (_gate)
        {
            long now = NowMs;
            Forget(now);

            // Looked at again under the lock: a request that waited for the chain past the expiry would otherwise find its
            // nonce forgotten, and replay it.
            if (IsExpired(nonce.IssuedAtMs, now))
            {
                return NonceConsumption.Expired;
            }

            if (_consumed.ContainsKey(nonce.Id))
            {
                return NonceConsumption.Replayed;
            }

            int ofWallet = _perWallet.GetValueOrDefault(wallet);
            if (ofWallet >= Limits.MaxConsumedNoncesPerWallet)
            {
                return NonceConsumption.WalletLimit;
            }

            if (_consumed.Count >= Limits.MaxConsumedNonces)
            {
                return NonceConsumption.GlobalLimit;
            }

            _consumed.Add(nonce.Id, wallet);
            _perWallet[wallet] = ofWallet + 1;
            _byIssue.Enqueue(nonce.Id, nonce.IssuedAtMs);
            return NonceConsumption.Consumed;
        }
    }

    /// <summary>How many more nonces a wallet may consume now.</summary>
    public int Left(WalletAddress wallet)
    {
        lock (_gate)
        {
            Forget(NowMs);
            return Limits.MaxConsumedNoncesPerWallet - _perWallet.GetValueOrDefault(wallet);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_key);

    private static bool IsExpired(long issuedAtMs, long nowMs) => nowMs - issuedAtMs >= Limits.NonceLifeMs;

    private void Authenticate(ReadOnlySpan<byte> head, Span<byte> mac)
    {
        Span<byte> input = stackalloc byte[Domain.Length + TimeBytes + RandomBytes];
        Domain.CopyTo(input);
        head.CopyTo(input[Domain.Length..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, input, full);
        full[..MacBytes].CopyTo(mac);
    }

    /// <summary>Drops the consumed nonces that <see cref="Check"/> refuses by age anyway.</summary>
    private void Forget(long nowMs)
    {
        while (_byIssue.TryPeek(out var id, out long issuedAtMs) && IsExpired(issuedAtMs, nowMs))
        {
            _byIssue.Dequeue();
            bool known = _consumed.Remove(id, out var wallet);
            Invariant.Require(known);
            int left = _perWallet[wallet] - 1;
            if (left == 0)
            {
                _perWallet.Remove(wallet);
            }
            else
            {
                _perWallet[wallet] = left;
            }
        }
    }
}

/// <summary>A nonce whose MAC this boot made: minted by <see cref="Nonces"/> alone. Not yet consumed.</summary>
internal sealed class Nonce
{
    internal Nonce(UInt128 id, long issuedAtMs)
    {
        Id = id;
        IssuedAtMs = issuedAtMs;
    }

    /// <summary>Its random part; two nonces of one boot never share it.</summary>
    public UInt128 Id { get; }

    /// <summary><see cref="Ports.IClock.Elapsed"/> at issue, in milliseconds.</summary>
    public long IssuedAtMs { get; }
}

/// <summary>What looking at a nonce says, before anything is consumed.</summary>
internal enum NonceCheck
{
    Ok,

    /// <summary>Not base64 of <see cref="Limits.NonceBytes"/> bytes.</summary>
    Malformed,

    /// <summary>Not made by this boot of this node.</summary>
    NotOurs,

    Expired,
}

/// <summary>Outcome of the one atomic consumption.</summary>
internal enum NonceConsumption
{
    Consumed,
    Replayed,
    Expired,

    /// <summary>The wallet has <see cref="Limits.MaxConsumedNoncesPerWallet"/> unexpired consumed nonces.</summary>
    WalletLimit,

    /// <summary>All wallets together have <see cref="Limits.MaxConsumedNonces"/>.</summary>
    GlobalLimit,
}
