using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Odyn;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Properties.Fakes;

/// <summary>An enclave with the simulator's supervisor, which answers within the call unless its faults says otherwise.</summary>
internal sealed class TestEnclave : IDisposable
{
    public const byte Image = SimWorld.GoodImage;

    private readonly Dictionary<string, int> _calls = [];
    private readonly bool _isOwner;

    /// <summary>One with keys of its own, in a world without time.</summary>
    public TestEnclave(byte number, SupervisorBuild? build = null)
        : this(KeysOf(number, build), new EventLoop(null), new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero)) => _isOwner = true;

    public TestEnclave(EnclaveKeys keys, EventLoop loop, DateTimeOffset genesis)
    {
        Keys = keys;
        OdynFaults.Before = Count;
        Odyn = SimOdyn.Alone(loop, keys, OdynFaults, genesis);
    }

    public EnclaveKeys Keys { get; }

    public OdynFaults OdynFaults { get; } = new() { Pace = TimeSpan.Zero };

    public SimOdyn Odyn { get; }

    /// <summary>Told of each call by its name; the answer waits for what it returns.</summary>
    public Func<string, Task>? Before { get; set; }

    public OdynIdentity Identity => Keys.Identity;

    public WalletAddress Wallet => Identity.Wallet;

    /// <summary>Each number is another enclave's.</summary>
    public static EnclaveKeys KeysOf(byte number, SupervisorBuild? build = null) => new(new SimRandom(number), build ?? SupervisorBuild.Newest);

    /// <summary>From now on one kind of call fails.</summary>
    public void FailAt(string call, OdynFailure failure) => Before = name =>
    {
        OdynFaults.Fails = name == call ? failure : null;
        return Task.CompletedTask;
    };

    public int CallsOf(string name) => _calls.GetValueOrDefault(name);

    public byte[] Attest(AttestationRequest request)
    {
        var attesting = Odyn.AttestAsync(request, default);
        attesting.GetAwaiter().GetResult().TryGet(out var document).ShouldBeTrue();
        return document!;
    }

    public void Dispose()
    {
        if (_isOwner)
        {
            Keys.Dispose();
        }
    }

    private Task Count(string call)
    {
        _calls[call] = CallsOf(call) + 1;
        return Before?.Invoke(call) ?? Task.CompletedTask;
    }
}
