using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;

namespace Kms.Properties.Node;

/// <summary>What an enclave measures is written by one unit and read by requests and the loop, each on a thread of its own.</summary>
public abstract class OdynWatchTests : IDisposable
{
    private const byte One = 7;
    private const byte Other = 8;
    private const int Swaps = 120;

    private readonly ManualClock _clock = new();
    private readonly ClusterOdyn _odyn;
    private readonly OdynWatch _watch;

    private protected OdynWatchTests(SupervisorBuild supervisor)
    {
        var issuer = new NitroIssuer(Keys.Filled(42, 32));
        _odyn = new ClusterOdyn(1, issuer, _clock) { Build = supervisor };
        _watch = new OdynWatch(
            _odyn.Identity, new BoundedOdyn(_odyn, TestErrors.Guard(_clock)), Keys.Random(1), new RandomnessCheck(),
            new AttestationVerifier(issuer.Root), new TrustedTime(_clock), _clock, new AuditLog(_clock, null));
    }

    public sealed class BesideTheNewest() : OdynWatchTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : OdynWatchTests(SupervisorBuild.All[^1]);

    /// <summary>A nullable of thirty-two bytes is no one machine word: unguarded, a reader would see half of one measurement and half of another.</summary>
    [Fact]
    public async Task The_measurement_is_read_whole_while_it_changes()
    {
        Bytes32?[] whole = [ClusterOdyn.Measurement(One), ClusterOdyn.Measurement(Other)];
        _odyn.Measured = One;
        await LookAsync();
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() => CountTorn(whole, done.Token));

        for (int i = 1; i <= Swaps; i++)
        {
            // A first document of another measurement is refused, the second one that agrees is believed.
            _odyn.Measured = i % 2 == 0 ? One : Other;
            _watch.Doubt();
            await LookAsync();
            await LookAsync();
            _watch.Measurement.ShouldBe(whole[i % 2]);
        }

        await done.CancelAsync();
        (await reader).ShouldBe(0);
    }

    public void Dispose()
    {
        _odyn.Dispose();
        GC.SuppressFinalize(this);
    }

    private int CountTorn(Bytes32?[] whole, CancellationToken done)
    {
        int torn = 0;
        while (!done.IsCancellationRequested)
        {
            var read = _watch.Measurement;
            torn += read == whole[0] || read == whole[1] ? 0 : 1;
        }

        return torn;
    }

    private async Task LookAsync()
    {
        var look = _watch.CheckAsync(default);
        while (!look.IsCompleted)
        {
            // Two delays: the supervisor's answer is due. One: that is the time limit, which must not pass while the answer is on its way.
            _clock.AdvanceMs(_clock.Pending > 1 ? 1 : 0);
            await Task.Yield();
        }

        await look;
    }
}
