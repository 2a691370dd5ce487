namespace Kms.Core.Audit;

/// <summary>One security decision, chained to its predecessor by hash. Never holds secret material.</summary>
/// <param name="Sequence">1, 2, 3, … without gaps.</param>
/// <param name="Detail">Plain text of public facts: wallets, epochs, hashes, reasons.</param>
/// <param name="Hash">SHA-256 over previous hash and this event, lower-case hex.</param>
public sealed record AuditEvent(long Sequence, TimeSpan At, AuditKind Kind, string Detail, string Hash)
{
    /// <summary>The kind's stable name, snake_case: what is logged and hashed.</summary>
    public string Name => AuditKinds.NameOf(Kind);
}
