using Kms.Core.Ports;

namespace Kms.Core.Node.Chain;

/// <summary>What <see cref="Transactor"/> did about a call.</summary>
internal abstract record CallOutcome
{
    private CallOutcome()
    {
    }

    /// <summary>A transaction of it is under way, made now or before.</summary>
    /// <param name="IsNew">Made by this call.</param>
    internal sealed record UnderWay(bool IsNew) : CallOutcome;

    /// <summary>There is none. Rejected: the contract itself would not take it.</summary>
    internal sealed record Failed(ChainFailure Failure) : CallOutcome;
}
