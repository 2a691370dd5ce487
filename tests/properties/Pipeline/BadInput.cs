using Kms.Core;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>One way to get a request wrong.</summary>
/// <param name="Make">Sets the world up and makes the request.</param>
/// <param name="SpendsNonce">A proven request costs its nonce even when it is refused later: exactly one.</param>
/// <param name="Signed">The answer carries signatures: the proof had verified.</param>
internal sealed record BadInput(
    string Name,
    ApiError Expected,
    Func<PipelineWorld, RouteSpec, KmsRequest> Make,
    bool SpendsNonce = false,
    bool Signed = false)
{
    public override string ToString() => Name;
}
