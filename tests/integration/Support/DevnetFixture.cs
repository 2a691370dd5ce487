using System.Collections.Concurrent;
using System.Net;
using Kms.Adapters;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Transport;
using Kms.Client;
using Kms.Core.Cryptography;
using Kms.Core.Ports;
using Kms.Devnet;

namespace Kms.Integration.Support;

/// <summary>One devnet of three nodes for all tests of the collection: starting it is what costs.</summary>
public class DevnetFixture : IAsyncLifetime
{
    private readonly string[] _supervisor;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("novakms-test-");

    public DevnetFixture()
        : this([])
    {
    }

    /// <param name="supervisor">Releases of the supervisors, as <see cref="DevnetOptions.Supervisor"/> takes them; none: the newest.</param>
    protected DevnetFixture(params string[] supervisor) => _supervisor = supervisor;

    public DevnetCluster Devnet { get; private set; } = null!;

    /// <summary>Everything the nodes logged and the devnet reported.</summary>
    public IReadOnlyCollection<string> Log => _log;

    public string File => Path.Combine(_folder.FullName, "sub", "devnet.json");

    public async Task InitializeAsync() =>
        Devnet = await DevnetCluster.StartAsync(
            new DevnetOptions { Nodes = 3, Supervisor = _supervisor, File = File, OnLog = _log.Enqueue }, _log.Enqueue, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await Devnet.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>A client of the demo app that asks these URLs only; without any, those on the chain.</summary>
    internal TestClient Client(params string[] urls) => Client(Devnet.App, urls);

    internal TestClient Client(DevnetApp app, params string[] urls) => Client(app, new KmsClientOptions
    {
        NodeUrls = urls,
        AddressExceptions = [.. urls.Concat(Devnet.Nodes.Select(UrlOf)).Select(url => new IPEndPoint(IPAddress.Loopback, new Uri(url).Port)).Distinct()],
        Timeout = TimeSpan.FromSeconds(15),
    });

    /// <summary>As an app outside a devnet is configured: nothing private may be dialled.</summary>
    internal TestClient ClientWithoutExceptions() => Client(Devnet.App, new KmsClientOptions());

    internal static string UrlOf(DevnetNode node) => node.Url.GetLeftPart(UriPartial.Authority);

    private TestClient Client(DevnetApp app, KmsClientOptions options)
    {
        var chain = new EthereumChain(new EthereumChainOptions(
            [Devnet.RpcUrl], new ChainIdentity(Devnet.ChainId, Devnet.KmsRegistry), new FinalityRule.Depth(Devnet.FinalityDepth)));
        EnvelopeScheme.TryFind(app.Keys.EnvelopeScheme, out var scheme).ShouldBeTrue();
        return new TestClient(chain, LocalAppIdentity.FromHex(app.Keys.WalletPrivateKey, app.Keys.TeePrivateKeyPkcs8, scheme), options);
    }

    /// <summary>A client with all that is under it.</summary>
    internal sealed class TestClient(EthereumChain chain, LocalAppIdentity identity, KmsClientOptions options) : IDisposable
    {
        private readonly PinnedHttpTransport _transport = new(new PinnedHttpTransportOptions());
        private KmsClient? _kms;

        public KmsClient Kms => _kms ??= new KmsClient(identity, new ChainNodeDirectory(chain), _transport, new SystemClock(), options);

        public void Dispose()
        {
            _transport.Dispose();
            identity.Dispose();
            chain.Dispose();
        }
    }
}
