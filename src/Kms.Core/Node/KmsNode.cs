using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>One node of a Nova KMS cluster: everything behind four ports.</summary>
public sealed class KmsNode : IAsyncDisposable
{
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public KmsNode(KmsNodeOptions options, IChain chain, IOdyn odyn, IClock clock, ITransport transport) => throw new NotImplementedException();

    /// <summary>True while the node serves.</summary>
    public bool IsReady => throw new NotImplementedException();

    /// <summary>Why it does not serve; null while it does.</summary>
    public NotReadyReason? Reason => throw new NotImplementedException();

    /// <summary>One line for operators; never secret.</summary>
    public string Detail => throw new NotImplementedException();

    /// <summary>This node's wallet; null until Odyn told it.</summary>
    public WalletAddress? Wallet => throw new NotImplementedException();

    /// <summary>Runs the node until it is cancelled, then destroys every secret. Call once.</summary>
    public Task RunAsync(CancellationToken stop) => throw new NotImplementedException();

    /// <summary>Answers one request; never throws for what a caller sent.</summary>
    public Task<KmsResponse> HandleAsync(KmsRequest request, CancellationToken cancel) => throw new NotImplementedException();

    /// <summary>Stops the node and destroys every secret.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
