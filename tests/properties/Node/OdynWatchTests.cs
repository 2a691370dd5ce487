using Kms.Core.Attestation;
using Kms.Core.Audit;
using Kms.Core.Node;
using Kms.Core.Node.Odyn;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Properties.Cryptography;
using Kms.Properties.Fakes;
using Kms.Sim.Enclave;

namespace Kms.Properties.Node;

/// <summary>What an enclave measures is written by one unit and read by requests and the loop, each on a thread of its own.</summary>
public abstract class OdynWatchTests : IDisposable
{
    private const int Swaps = 120;

    private readonly ManualClock _clock = new();
    private readonly TestEnclave _enclave;
    private readonly OdynWatch _watch;

    private protected OdynWatchTests(SupervisorBuild supervisor)
    {
        _enclave = new TestEnclave(1, supervisor);
        _enclave.OdynFaults.KeyForm = supervisor.KeyForm;
        _watch = new OdynWatch(
            _enclave.Identity, new BoundedOdyn(_enclave.Odyn, TestErrors.Guard(_clock)), Keys.Random(1), new RandomnessCheck(),
            new AttestationVerifier(SimHypervisor.Shared.Root), new TrustedTime(_clock), _clock, new AuditLog(_clock, null));
    }

    public sealed class BesideTheNewest() : OdynWatchTests(SupervisorBuild.Newest);

    public sealed class BesideTheOldest() : OdynWatchTests(SupervisorBuild.All[^1]);

    /// <summary>A nullable of thirty-two bytes is no one machine word: unguarded, a reader would see half of one measurement and half of another.</summary>
    [Fact]
    public async Task The_measurement_is_read_whole_while_it_changes()
    {
        Bytes32?[] whole = [SimHypervisor.Measurement(TestEnclave.Image), SimHypervisor.Measurement(TestEnclave.Image + 100)];
        await _watch.CheckAsync(default);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(() => CountTorn(whole, done.Token));

        for (int i = 1; i <= Swaps; i++)
        {
            // A first document of another measurement is refused, the second one that agrees is believed.
            _enclave.OdynFaults.Attestation = i % 2 == 0 ? OdynAttestation.Honest : OdynAttestation.WrongMeasurement;
            _watch.Doubt();
            await _watch.CheckAsync(default);
            await _watch.CheckAsync(default);
            _watch.Measurement.ShouldBe(whole[i % 2]);
        }

        await done.CancelAsync();
        (await reader).ShouldBe(0);
    }

    public void Dispose()
    {
        _enclave.Dispose();
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
}
