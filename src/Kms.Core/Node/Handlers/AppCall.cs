using Kms.Core.Authentication;
using Kms.Core.Node.Pipeline;

namespace Kms.Core.Node.Handlers;

/// <summary>An authorised request of an app: its nonce is consumed, its envelope opened.</summary>
/// <param name="Payload">The inner JSON; empty for reads. The pipeline zeroes it.</param>
/// <param name="Unknown">What becomes of its members that the route does not know.</param>
internal sealed record AppCall(
    VerifiedApp App, Readiness.Ready Ready, Route Route, ReadOnlyMemory<byte> Payload, UnknownMembers Unknown, NodeServices Services);
