using System.Security.Cryptography;
using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Odyn;

/// <summary>
/// Looks at Odyn again and again: same wallet and key, randomness that moves, a fresh attestation document of ours for trusted
/// time and for the measurement this enclave really runs (design §4, §6.7).
/// </summary>
internal sealed class OdynWatch(
    OdynIdentity identity, BoundedOdyn odyn, NodeRandom random, RandomnessCheck randomness, AttestationVerifier verifier, TrustedTime time, IClock clock, AuditLog audit)
{
    private const int DrawBytes = 32;

    // Written by the unit that looks at Odyn, read by requests and by the loop: a nullable of 33 bytes would tear.
    private readonly object _gate = new();
    private OdynHealth _health = OdynHealth.Unknown;
    private Bytes32? _measurement;
    // What a refused document measured. A second one that agrees is believed, or a first document that was wrong would shut
    // the node out for ever; whether the measurement is the registered one is readiness's rule, not this one's.
    private Bytes32? _claimed;
    private bool _mustAttest = true;

    public OdynHealth Health
    {
        get
        {
            lock (_gate)
            {
                return _health;
            }
        }
    }

    /// <summary>What our own newest document says this enclave runs; null before the first.</summary>
    public Bytes32? Measurement
    {
        get
        {
            lock (_gate)
            {
                return _measurement;
            }
        }
    }

    /// <summary>The next look attests anew: the registry says that another image runs here.</summary>
    public void Doubt() => _mustAttest = true;

    /// <summary>Looks once. Whatever was wrong has to be right, and attested anew, before the health is good again.</summary>
    public async Task CheckAsync(CancellationToken cancel)
    {
        var found = await LookAsync(cancel);
        if (found is OdynHealth.IdentityChanged or OdynHealth.RandomnessBroken or OdynHealth.AttestationFailed)
        {
            _mustAttest = true;
        }

        // An Odyn that is merely silent for a while takes nothing away: identity and time stand until they are due.
        bool onlySilent = found == OdynHealth.Unavailable && Health == OdynHealth.Good && !time.IsDue;
        var next = onlySilent ? OdynHealth.Good : found;
        OdynHealth before;
        lock (_gate)
        {
            before = _health;
            _health = next;
        }

        if (next != before)
        {
            audit.Record(AuditKind.OdynHealth, $"{before} to {next}");
        }
    }

    private async Task<OdynHealth> LookAsync(CancellationToken cancel)
    {
        var who = await odyn.GetIdentityAsync(cancel);
        if (!who.TryGet(out var now))
        {
            return OdynHealth.Unavailable;
        }

        if (now.Wallet != identity.Wallet || !now.TeePublicKey.Equals(identity.TeePublicKey))
        {
            return OdynHealth.IdentityChanged;
        }

        var drawn = await odyn.RandomAsync(DrawBytes, cancel);
        if (!drawn.TryGet(out var entropy))
        {
            return drawn.Failure == OdynFailure.Unavailable ? OdynHealth.Unavailable : OdynHealth.RandomnessBroken;
        }

        try
        {
            if (!randomness.Accepts(entropy, DrawBytes))
            {
                return OdynHealth.RandomnessBroken;
            }

            random.Mix(entropy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(entropy);
        }

        return _mustAttest || time.IsDue || !time.IsSet ? await AttestAsync(cancel) : OdynHealth.Good;
    }

    private async Task<OdynHealth> AttestAsync(CancellationToken cancel)
    {
        var nonce = new byte[Limits.HandoverNonceBytes]; // public
        random.Fill(nonce);
        var requestedAt = clock.Elapsed;
        var answer = await odyn.AttestAsync(new AttestationRequest(nonce, identity.TeePublicKey), cancel);
        if (!answer.TryGet(out var document))
        {
            return answer.Failure == OdynFailure.Unavailable ? OdynHealth.Unavailable : OdynHealth.AttestationFailed;
        }

        var verified = verifier.VerifyOwn(document, nonce);
        if (!verified.TryGet(out var own))
        {
            audit.Record(AuditKind.OwnAttestationRefused, $"{verified}");
            return OdynHealth.AttestationFailed;
        }

        var measurement = own.Document.CodeMeasurement;
        bool changed = Measurement is { } before && before != measurement && _claimed != measurement;
        bool isOurs = AttestedWallet.TryRead(own.Document.UserData, out var attested) && attested == identity.Wallet;
        if (!isOurs || measurement.IsZero || changed)
        {
            audit.Record(AuditKind.OwnAttestationRefused, $"measurement {measurement}, expected {Measurement}");
            _claimed = measurement;
            return OdynHealth.AttestationFailed;
        }

        lock (_gate)
        {
            _measurement = measurement;
        }

        _claimed = null;
        time.Set(own, requestedAt);
        _mustAttest = false;
        return OdynHealth.Good;
    }
}

/// <summary>What the last look at Odyn found.</summary>
internal enum OdynHealth
{
    /// <summary>Not looked at yet.</summary>
    Unknown,
    Good,
    Unavailable,
    IdentityChanged,
    RandomnessBroken,
    AttestationFailed,
}

/// <summary>Finds a hardware generator that is stuck: constant bytes, the wrong length, or an answer given before.</summary>
internal sealed class RandomnessCheck
{
    private const int Remembered = 64;

    private readonly Queue<Bytes32> _seen = new();

    /// <summary>True when the draw shows nothing wrong. Remembers a hash of it, never the bytes.</summary>
    public bool Accepts(ReadOnlySpan<byte> drawn, int expectedBytes)
    {
        if (drawn.Length != expectedBytes || drawn.Length < Bytes32.Size || IsConstant(drawn))
        {
            return false;
        }

        var print = Bytes32.From(SHA256.HashData(drawn));
        if (_seen.Contains(print))
        {
            return false;
        }

        _seen.Enqueue(print);
        if (_seen.Count > Remembered)
        {
            _seen.Dequeue();
        }

        return true;
    }

    private static bool IsConstant(ReadOnlySpan<byte> drawn) => !drawn.ContainsAnyExcept(drawn[0]);
}
