using Kms.Devnet.Loopback;

namespace Kms.Devnet.Odyn;

/// <summary>
/// A simulated enclave supervisor: its whole internal API over HTTP on loopback, for one simulated enclave, and its auxiliary port,
/// both as the real ones behave (<see cref="SupervisorBuild"/>). It protects nothing; its attestation documents chain to the
/// devnet's own root, which no production node accepts.
/// </summary>
internal sealed class OdynEmulator : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly LoopbackServer _auxiliary;

    private OdynEmulator(EmulatedEnclave enclave, LoopbackServer server, LoopbackServer auxiliary)
    {
        Enclave = enclave;
        _server = server;
        _auxiliary = auxiliary;
    }

    public EmulatedEnclave Enclave { get; }

    public Uri Url => _server.Url;

    /// <summary>What the host forwards to anybody.</summary>
    public Uri AuxiliaryUrl => _auxiliary.Url;

    /// <param name="enclave">Owned from now on.</param>
    public static async Task<OdynEmulator> StartAsync(EmulatedEnclave enclave, CancellationToken cancel)
    {
        var objects = new EmulatedObjects();
        var server = await LoopbackServer.StartAsync(routes => OdynRoutes.Map(routes, enclave, objects), OdynRoutes.MaxBodyBytes, cancel);
        var auxiliary = await LoopbackServer.StartAsync(routes => OdynRoutes.MapAuxiliary(routes, enclave), OdynRoutes.MaxBodyBytes, cancel);
        return new OdynEmulator(enclave, server, auxiliary);
    }

    public async ValueTask DisposeAsync()
    {
        await _auxiliary.DisposeAsync();
        await _server.DisposeAsync();
        Enclave.Dispose();
    }
}
