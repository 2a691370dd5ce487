using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>Everything a membership decision needs, read at one block.</summary>
/// <param name="App">The KMS's own app; null if the registry does not know it.</param>
public sealed record RegistrySnapshot(BlockRef At, KmsState Kms, AppRecord? App, IReadOnlyList<OperatorRecord> Operators, SelfRecord Self);
