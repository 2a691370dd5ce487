using Kms.Adapters.Ethereum;
using Kms.Adapters.Odyn;
using Kms.Adapters.Transport;
using Kms.Core.Ports;

namespace Kms.Hosting;

/// <summary>The real adapters behind a node's ports, from its (validated) configuration.</summary>
internal static class AdapterFactory
{
    public static EthereumChain ChainOf(NovaKmsOptions options)
    {
        var identity = new ChainIdentity(options.ChainId, WalletAddress.Parse(options.KmsRegistry));
        FinalityRule finality = options.FinalityTag is { } tag ? new FinalityRule.Tag(tag) : new FinalityRule.Depth(options.FinalityDepth);
        var rpc = new Uri(options.RpcUrl);
        return new EthereumChain(new EthereumChainOptions([rpc], identity, finality) { Proxy = ProxyOf(options).For(rpc) });
    }

    public static OdynHttp OdynOf(NovaKmsOptions options) => new(new OdynHttpOptions(new Uri(options.OdynUrl)));

    public static PinnedHttpTransport TransportOf(NovaKmsOptions options)
    {
        var proxy = ProxyOf(options);
        return new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = proxy.Https, NoProxy = proxy.NoProxy });
    }

    public static ProxyEnvironment ProxyOf(NovaKmsOptions options) =>
        ProxyEnvironment.TryChoose(options.ConnectProxy, Environment.GetEnvironmentVariable, out var proxy, out string? problem)
            ? proxy
            : throw new InvalidOperationException(problem);
}
