using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>A scheduled action; its argument is a number or a word, by kind.</summary>
internal sealed record SimAction(SimActionKind Kind, ulong Number, Bytes32 Word, ulong ExecutableAt, ulong ExpiresAt, SimActionState State);
