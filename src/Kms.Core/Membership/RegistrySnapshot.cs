using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>Everything a membership decision needs, read at one block.</summary>
/// <param name="App">The KMS's own app; null if the registry does not know it.</param>
/// <param name="Unlisted">
/// Instances that the app registry has among the app's active ones and KMSRegistry not on its list, in the registry's order, at most
/// <see cref="Limits.MaxOperators"/>: none of them is a member, but none of their keys is another's.
/// </param>
public sealed record RegistrySnapshot(
    BlockRef At, KmsState Kms, AppRecord? App, IReadOnlyList<OperatorRecord> Operators, IReadOnlyList<InstanceRecord> Unlisted, SelfRecord Self);
