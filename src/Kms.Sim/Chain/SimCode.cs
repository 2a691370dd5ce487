using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>Code at an address, as far as an upgrade asks for it.</summary>
/// <param name="Hash"><c>EXTCODEHASH</c>.</param>
/// <param name="IsUpgradeable">Whether it answers <c>proxiableUUID()</c> with the ERC-1967 slot.</param>
internal sealed record SimCode(Bytes32 Hash, bool IsUpgradeable);
