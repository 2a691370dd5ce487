using Kms.Adapters;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Transport;
using Kms.Client;

namespace Kms.Cli.Commands;

/// <summary>A client with everything under it.</summary>
internal sealed class ClientConnection : IDisposable
{
    private readonly PinnedHttpTransport _transport;
    private readonly AppKeys? _app;

    public ClientConnection(EthereumChain chain, PinnedHttpTransport transport, AppKeys? app, KmsClientOptions options)
    {
        Chain = chain;
        _transport = transport;
        _app = app;
        Client = new KmsClient(app?.Identity ?? new NoIdentity(), new ChainNodeDirectory(chain), transport, new SystemClock(), options);
    }

    public EthereumChain Chain { get; }

    public KmsClient Client { get; }

    public void Dispose()
    {
        _transport.Dispose();
        _app?.Owned.Dispose();
        Chain.Dispose();
    }
}
