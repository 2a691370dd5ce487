using Kms.Core.Primitives;

namespace Kms.Core.Secrets;

/// <summary>What decisions may know of a ring entry: everything but the secret.</summary>
/// <param name="ProposedAtFinal">A final view has shown its proposal: once that closes, the registry never takes the hash again.</param>
/// <param name="Rejections">How often the registry would not take its proposal although every visible condition held.</param>
/// <param name="WasActive">It was used once: apps may depend on it, so it is never taken for a candidate again that came to nothing.</param>
internal sealed record HeldSecret(
    Epoch Epoch, Bytes32 Hash, SecretState State, bool ProposedAtFinal, int Rejections, bool WasActive = false);
