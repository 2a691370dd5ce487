using System.Text.Json;

namespace Kms.Core.Audit;

/// <summary>What is audited (docs/operations/audit.md). Its name in logs, and in the hash, is stable: a kind is never renamed.</summary>
public enum AuditKind
{
    /// <summary>The node has its wallet and key from its supervisor.</summary>
    Identity,

    /// <summary>The supervisor's randomness was constant, repeated or too short.</summary>
    RandomnessRefused,

    /// <summary>The supervisor began or ceased to answer as it should.</summary>
    OdynHealth,

    /// <summary>The supervisor sealed an answer with another key than this enclave's.</summary>
    OdynSealedWithAnotherKey,

    /// <summary>This enclave's own attestation document does not say what it must.</summary>
    OwnAttestationRefused,

    /// <summary>What is served changed, and why.</summary>
    Readiness,

    /// <summary>A final block was replaced: every conclusion is dropped.</summary>
    DeepReorg,

    /// <summary>A secret was drawn, and is a candidate.</summary>
    SecretGenerated,

    /// <summary>A secret came from a member, and its hash is the chain's.</summary>
    SecretReceived,

    /// <summary>Nobody, or this member, gave the secret that was asked for.</summary>
    SecretNotReceived,

    /// <summary>A secret left this node for a member.</summary>
    SecretHandedOver,

    /// <summary>A handover was asked for and refused.</summary>
    HandoverRefused,

    /// <summary>The hash of a secret is proposed to the registry, in a transaction.</summary>
    SecretProposed,

    /// <summary>The hash of a proposed secret is confirmed to the registry, in a transaction.</summary>
    SecretConfirmed,

    /// <summary>The registry is asked, in a transaction, to list this node.</summary>
    ListingRequested,

    /// <summary>A secret's hash is active at both views: it is used from now on.</summary>
    SecretActivated,

    /// <summary>A secret's proof is missing: it is kept and not used.</summary>
    SecretQuarantined,

    /// <summary>A quarantined secret's proof is back.</summary>
    SecretRestored,

    /// <summary>A quarantined secret is only proposed again.</summary>
    SecretCandidateAgain,

    /// <summary>A secret was destroyed, and why.</summary>
    SecretDestroyed,

    /// <summary>This node's wallet signed a statement that anyone may relay.</summary>
    StatementSigned,

    /// <summary>The network did not take a transaction, or the registry refused it.</summary>
    TransactionNotAccepted,

    /// <summary>An envelope came from another key than the caller's registered one.</summary>
    EnvelopeSenderMismatch,

    /// <summary>A proof whose nonce was used before.</summary>
    ProofReplayed,

    /// <summary>A stored record does not open.</summary>
    RecordCorrupt,

    /// <summary>An unexpected exception ended at a border: a bug, of this program or of a port.</summary>
    InternalError,
}

/// <summary>Names of <see cref="AuditKind"/>.</summary>
internal static class AuditKinds
{
    private static readonly string[] Names = [.. Enum.GetNames<AuditKind>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>In snake_case.</summary>
    public static string NameOf(AuditKind kind) => Names[(int)kind];
}
