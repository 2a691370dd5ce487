namespace Kms.Core;

/// <summary>
/// The limits of the node and of its wire, units last in the name; relations between them are tested. What bounds one parser, one
/// loop or the host's HTTP server alone stands beside its code.
/// </summary>
internal static class Limits
{
    // Requests.
    public const int MaxRequestTimeoutMs = 600_000;
    public const int MaxTargetBytes = 8 * 1024;
    public const int MaxHeaders = 64;
    public const int MaxHeaderValueBytes = 8 * 1024;
    public const int MaxBodyBytes = 4 * 1024 * 1024;
    public const int MaxSyncBodyBytes = 8 * 1024 * 1024;
    public const int MaxJsonDepth = 8;
    public const int MaxJsonValues = 1_000_000;
    public const int MaxConcurrentRequests = 256;
    public const int MaxConcurrentRequestsPerWallet = 32;
    public const int MaxConcurrentUnauthenticated = 64;

    // Proofs.
    public const long ProofMaxAgeMs = 120_000;
    public const long ProofMaxSkewMs = 30_000;
    public const long ProofV1MaxSkewMs = 120_000;
    public const long NonceLifeMs = 120_000;
    public const int NonceBytes = 48;
    public const int MaxConsumedNonces = 65_536;
    public const int MaxConsumedNoncesPerWallet = 2_048;

    // Derivation.
    public const int MaxPathBytes = 512;
    public const int MaxContextBytes = 1_024;
    public const int MaxDerivedBytes = 1_024;
    public const int MaxDerivedKeysCachedPerEpoch = 1_024;

    // Store.
    public const int MaxKeyBytes = 512;
    public const int MaxValueBytes = 1024 * 1024;
    public const long AppQuotaBytes = 10L * 1024 * 1024;
    public const long StoreLimitBytes = 512L * 1024 * 1024;
    public const int MaxRecordsPerApp = 65_536;
    public const int MaxListedKeys = 10_000;
    public const long MaxTtlMs = 10L * 365 * 24 * 3600 * 1000;
    public const long TombstoneRetentionMs = 24L * 3600 * 1000;
    public const long MaxRecordSkewMs = 30_000;
    public const long MaxTimestampMs = 1L << 53;
    public const int RecordOverheadBytes = 512;
    public const int MaxReencryptionsPerTurn = 4_096;
    public const int MaxReencryptedBytesPerTurn = 4 * 1024 * 1024;

    // Replication.
    public const int MaxBatchRecords = 512;
    public const int MaxBatchBytes = 4 * 1024 * 1024;
    public const int MaxRetryQueue = 1_024;
    public const int MaxPeers = 500;
    public const int MaxEpochsTried = 4;
    public const int QuorumAckTimeoutMs = 5_000;
    public const int MaxSyncMessageBytes = MaxBatchBytes + (64 * 1024);
    public const int MaxBatchesPerPush = 64;
    public const int QuorumRetryMs = 250;
    public const int MaxFruitlessRounds = 3;
    public const int MaxMismatchedRounds = 2;
    public const int MaxSnapshotPages = 65_536;
    public const int MaxRecentWrites = 4_096;
    public const int MaxDigestApps = 1_024;
    public const int MaxDigestLeaves = 512;
    public const int MaxDigestPages = 256;
    public const int MaxRepairBuckets = 64;
    public const long TombstoneReachMarginMs = 15L * 60 * 1000;

    // Addresses.
    public const int MaxPeerUrlChars = 512;
    public const int MaxNoProxyEntries = 256;

    // Chain.
    public const int MaxOperators = 500;
    public const int MaxActiveInstances = 8_000;
    public const int MaxEpochs = 256;
    public const int MaxApprovedMeasurements = 64;
    public const int MaxCachedWallets = 4_096;
    public const long ChainStaleAfterMs = 180_000;
    public const long BlockTimeMs = 2_000;
    public const long MaxBlockTimeMs = ChainStaleAfterMs / 3;
    public const long FinalityTagPatienceMs = 60_000;
    public const long MaxFinalLagMs = 6L * 3600 * 1000;
    public const long HeadPollMs = 2_000;
    public const long MinHeadPollMs = 10;
    public const long MaxHeadPollMs = 120_000;
    public const ulong MaxFinalityDepthBlocks = 100_000;
    public const long HeadMaxAgeMs = 5_000;
    public const long TrustedTimeRefreshMs = 3_600_000;

    // Handover and attestation.
    public const int MaxAttestationBytes = 16 * 1024;
    public const int MaxAttestationFields = 32;
    public const int MaxAttestationFieldNameBytes = 64;
    public const int MaxCertificates = 8;
    public const int MaxCertificateBytes = 1_024;
    public const int MaxPcrs = 32;
    public const int PcrBytes = 48;
    public const int MaxAttestedKeyBytes = 1_024;
    public const int MaxAttestedUserDataBytes = 512;
    public const int MaxAttestedNonceBytes = 512;
    public const int MaxModuleIdBytes = 128;
    public const int MaxHandoversPerInstanceAndEpoch = 8;
    public const long HandoverWindowMs = 600_000;
    public const int HandoverNonceBytes = 32;
    public const int MaxFetchesAtOnce = 64;
    public const long FetchHedgeMs = 250;
    public const long FetchAgainMs = 2_000;
    public const long FetchBudgetMs = 12_000;

    // Secrets.
    public const int MaxCandidateSecrets = 8;
    public const int MaxSupersededSecrets = 8;
    public const int MaxSecrets = MaxEpochs + MaxCandidateSecrets + MaxSupersededSecrets;
    public const int MaxAppDataKeysCachedPerEpoch = 1_024;
    public const int MaxChannelKeysCachedPerEpoch = 1_024;
    public const int MaxProposeRejections = 3;
    public const long EndedDestroyAfterMs = 24L * 3600 * 1000;
    public const int MinEntropyBytes = 32;

    // A day of Ethereum, four hours of an L2 with blocks of two seconds: far more than any chain's finality trails its head.
    public const ulong SupersededKeptBlocks = 7_200;

    // Longer than any repair through governance takes (docs/contracts.md: MAX_DELAY and the grace period after it), and never
    // below 30 days: what only stops a secret's use does not destroy it before.
    public const long MinSecretKeptMs = 60L * 24 * 3600 * 1000;

    // Registry calls.
    public const int MaxPendingCalls = 64;
    public const int MaxReplacements = 32;
    public const int MaxReceiptsPerTurn = 16;
    public const long ResendAfterMs = 30_000;
    public const long ReplaceCallAfterMs = 180_000;
    public const long StatementLifeSeconds = 3_600;
    public const long StatementRenewBeforeSeconds = 600;

    // Probes.
    public const int MaxProbesAtOnce = 16;
    public const long ProbeIntervalMs = 30_000;
    public const int MaxStatusAnswerBytes = 64 * 1024;

    // Time.
    public const long TickMs = 15_000;
    public const long MinTickMs = 100;
    public const long MaxTickMs = 3_600_000;
    public const int OdynTimeoutMs = 10_000;
    public const int PeerTimeoutMs = 10_000;
    public const int ChainTimeoutMs = 10_000;
    public const int DrainTimeoutMs = 5_000;

    // Supervision of the node's own parts.
    public const long UnitBackoffMs = 1_000;
    public const long InternalErrorAuditMs = 10_000;
    public const int MaxUndelivered = 4_096;

    // Adapters: what is read from others over HTTP.
    public const int MaxResponseHeaderKiB = 16;
    public const int MaxResponseHeaders = 64;
    public const int MaxRpcResponseBytes = 64 * 1024 * 1024;
    public const int MaxRpcDataBytes = 256 * 1024;
    public const int MaxInstanceUrlBytes = 2_048;
    public const int MaxOdynResponseBytes = 32 * 1024 * 1024;
    public const int MaxRandomBytes = 1_024;
    public const int MaxResolvedAddresses = 64;
    public const int MaxPeerConnectionPools = 512;
    public const int MaxConnectionsPerPeer = 16;
    public const int MaxTransactionBytes = 512; // signed; a proposal with every number at its most has 289
    public const long MaxTransactionGas = 16_000_000; // below 2^24, the most that a transaction may have (EIP-7825)

    // Audit.
    public const int MaxAuditEvents = 4_096;
}
