using Kms.Core.Node;
using Microsoft.Extensions.Hosting;

namespace Kms.Hosting;

/// <summary>Runs the node for as long as the host runs. An unexpected end stops the host; a stop destroys every secret.</summary>
internal sealed class NodeService(KmsNode node) : BackgroundService
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // Kestrel stopped before: no request is left that could need a secret.
        try
        {
            await base.StopAsync(cancellationToken);
        }
        finally
        {
            await node.DisposeAsync();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => node.RunAsync(stoppingToken);
}
