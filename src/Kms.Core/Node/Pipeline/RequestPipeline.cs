using Kms.Core.Ports;

namespace Kms.Core.Node.Pipeline;

/// <summary>Everything between a request's bytes and a response's bytes; the same for Kestrel and for the simulator (design §2).</summary>
internal sealed class RequestPipeline
{
    /// <param name="readiness">The one value that NodeTick moves.</param>
    /// <param name="services">Null until the node knows its identity and has randomness.</param>
    public RequestPipeline(PipelineOptions options, IClock clock, Func<Readiness> readiness, Func<NodeServices?> services) =>
        throw new NotImplementedException();

    public Task<KmsResponse> HandleAsync(KmsRequest request, CancellationToken cancel) => throw new NotImplementedException();
}
