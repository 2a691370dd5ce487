using System.Security.Cryptography;
using Kms.Core.Audit;
using Kms.Core.Cryptography;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>The first minutes: who this enclave is, and randomness that does not depend on one source (design §3).</summary>
internal sealed class NodeStart(BoundedOdyn odyn, IClock clock, InternalErrors errors, ReadinessGate gate, AuditLog audit)
{
    private const int DrawBytes = 32;
    private const int MaxWaitMs = 15_000;

    private readonly RandomnessCheck _randomness = new();

    public RandomnessCheck Randomness => _randomness;

    /// <summary>Asks until Odyn gives an identity.</summary>
    public async Task<OdynIdentity> IdentifyAsync(CancellationToken stop)
    {
        for (int attempt = 0; ; attempt++)
        {
            var answer = await odyn.GetIdentityAsync(stop);
            if (answer.TryGet(out var identity))
            {
                audit.Record(AuditKind.Identity, $"wallet {identity.Wallet}");
                return identity;
            }

            gate.MoveTo(new Readiness.NotReady(NotReadyReason.OdynUnavailable, $"no identity: {answer.Failure}"));
            await WaitAsync(attempt, stop);
        }
    }

    /// <summary>A generator keyed by two draws of Odyn's that differ, and the host's entropy. The caller disposes it.</summary>
    public async Task<NodeRandom> SeedAsync(ReadOnlyMemory<byte> hostEntropy, CancellationToken stop)
    {
        for (int attempt = 0; ; attempt++)
        {
            byte[] seed = SecretBytes.Allocate(2 * DrawBytes);
            try
            {
                var reason = await DrawAsync(seed.AsMemory(0, DrawBytes), stop) ?? await DrawAsync(seed.AsMemory(DrawBytes), stop);
                if (reason is null)
                {
                    return new NodeRandom(seed, hostEntropy.Span);
                }

                audit.Record(AuditKind.RandomnessRefused, reason.Value.ToString());
                gate.MoveTo(new Readiness.NotReady(reason.Value, "no usable randomness from Odyn"));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(seed);
            }

            await WaitAsync(attempt, stop);
        }
    }

    private async Task<NotReadyReason?> DrawAsync(Memory<byte> destination, CancellationToken stop)
    {
        var answer = await odyn.RandomAsync(DrawBytes, stop);
        if (!answer.TryGet(out byte[]? drawn))
        {
            return answer.Failure == OdynFailure.Unavailable ? NotReadyReason.OdynUnavailable : NotReadyReason.RandomnessBroken;
        }

        try
        {
            if (!_randomness.Accepts(drawn, DrawBytes))
            {
                return NotReadyReason.RandomnessBroken;
            }

            drawn.CopyTo(destination);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(drawn);
        }
    }

    private async Task WaitAsync(int attempt, CancellationToken stop)
    {
        var wait = TimeSpan.FromMilliseconds(Math.Min(MaxWaitMs, 500 * Math.Pow(2, Math.Min(attempt, 8))));
        if (!await errors.GuardAsync(WorkUnit.ClockPort, () => clock.DelayAsync(wait, stop), stop))
        {
            await Task.Yield();
        }
    }
}
