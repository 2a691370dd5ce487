using System.Globalization;
using Kms.Devnet;

namespace Kms.Integration.Support;

/// <summary>Settings of a node in another process that joins a devnet.</summary>
internal static class OutsiderSettings
{
    public static IEnumerable<string> Of(DevnetCluster devnet, Uri odyn, int port, string rootFile)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"ChainId={devnet.ChainId}");
        yield return $"KmsRegistry={devnet.KmsRegistry}";
        yield return $"RpcUrl={devnet.RpcUrl.GetLeftPart(UriPartial.Authority)}";
        yield return $"OdynUrl={odyn.GetLeftPart(UriPartial.Authority)}";
        yield return string.Create(CultureInfo.InvariantCulture, $"NodeUrl=http://127.0.0.1:{port}");
        yield return string.Create(CultureInfo.InvariantCulture, $"FinalityDepth={devnet.FinalityDepth}");
        yield return $"AttestationRootFile={rootFile}";
        yield return "TickMs=1000";
        yield return "HeadPollMs=500";
        int index = 0;
        foreach (DevnetNode node in devnet.Nodes)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"AddressExceptions:{index++}=127.0.0.1:{node.Url.Port}");
        }
    }
}
