namespace Kms.Sim.World;

/// <summary>Something that happened, in the order in which it happened.</summary>
/// <param name="Lane">Who it happened to: a node, <c>chain</c>, <c>dns</c>, <c>apps</c>, <c>attacker</c>, <c>world</c>.</param>
/// <param name="Cause">The event that caused it in another lane (a message that was sent), or null.</param>
internal sealed record SimEvent(long Id, TimeSpan At, string Kind, string Lane, string Text, long? Cause);
