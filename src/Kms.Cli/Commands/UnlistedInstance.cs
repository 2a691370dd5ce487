using Kms.Core.Registry;

namespace Kms.Cli.Commands;

/// <summary>An active instance of the KMS app that is not on the operator list.</summary>
/// <param name="IsMemberButForTheList">It is all else that a member must be: anyone may call <c>syncOperator</c> for it.</param>
internal sealed record UnlistedInstance(WalletFacts Facts, bool IsMemberButForTheList);
