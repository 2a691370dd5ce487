using Kms.Core.Membership;
using Kms.Core.Ports;

namespace Kms.Core.Authentication;

/// <summary>Outcome of asking whether a wallet is an app that may be served: exactly one of the three is set.</summary>
internal sealed record AppAuthorization
{
    private AppAuthorization()
    {
    }

    public VerifiedApp? App { get; private init; }

    public AppRefusal? Refusal { get; private init; }

    /// <summary>The chain gave no answer: nothing is known, so nothing is granted (503).</summary>
    public ChainFailure? Unknown { get; private init; }

    public static AppAuthorization Granted(VerifiedApp app) => new() { App = app };

    public static AppAuthorization Refused(AppRefusal refusal) => new() { Refusal = refusal };

    public static AppAuthorization NotKnown(ChainFailure failure) => new() { Unknown = failure };
}
