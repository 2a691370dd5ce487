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
        return new EthereumChain(new EthereumChainOptions([new Uri(options.RpcUrl)], identity, finality));
    }

    public static OdynHttp OdynOf(NovaKmsOptions options) => new(new OdynHttpOptions(new Uri(options.OdynUrl)));

    public static PinnedHttpTransport TransportOf(NovaKmsOptions options) =>
        new(new PinnedHttpTransportOptions { ConnectProxy = options.ConnectProxy is { } proxy ? new Uri(proxy) : null });
}
