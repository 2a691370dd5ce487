using System.Text.RegularExpressions;
using Kms.Core;
using Kms.Core.Store;

namespace Kms.Properties.Conventions;

/// <summary>Limits that only make sense together, and that each is tested.</summary>
public sealed class LimitsTests
{
    [Fact]
    public void Every_limit_is_named_by_a_test_of_the_code_that_it_bounds()
    {
        // Here are relations only, which hold whether or not anybody enforces the limit.
        string tests = string.Join('\n', Source.Files("tests", "*.cs").Where(static path => !path.EndsWith("/LimitsTests.cs", StringComparison.Ordinal)).Select(File.ReadAllText));
        string[] limits = [.. typeof(Limits).GetFields().Select(static field => field.Name)];

        limits.Length.ShouldBeGreaterThan(80);
        limits.Where(name => !Regex.IsMatch(tests, $@"\bLimits\.{name}\b")).ShouldBeEmpty();
    }

    [Fact]
    public void A_value_at_its_limit_fits_a_body_as_base64_in_hex()
    {
        long envelope = 2L * ((((Limits.MaxValueBytes + 2) / 3) * 4) + (6 * Limits.MaxKeyBytes) + 1_024);
        envelope.ShouldBeLessThan(Limits.MaxBodyBytes);
    }

    [Fact]
    public void One_record_at_its_limit_fits_a_batch_a_batch_a_message_and_a_message_a_body()
    {
        (Limits.MaxValueBytes + Limits.MaxKeyBytes + StoredRecord.SealOverheadBytes + Limits.RecordOverheadBytes).ShouldBeLessThan(Limits.MaxBatchBytes);
        Limits.MaxBatchBytes.ShouldBeLessThan(Limits.MaxSyncMessageBytes);
        Limits.MaxSyncMessageBytes.ShouldBeLessThan(Limits.MaxSyncBodyBytes);
        Limits.MaxValueBytes.ShouldBeLessThanOrEqualTo(Limits.MaxReencryptedBytesPerTurn);
    }

    [Fact]
    public void A_nonce_lives_as_long_as_a_proof_may_be_old_and_its_wallet_cannot_use_up_the_whole()
    {
        Limits.NonceLifeMs.ShouldBeGreaterThanOrEqualTo(Limits.ProofMaxAgeMs);
        (Limits.MaxConsumedNoncesPerWallet * 16).ShouldBeLessThanOrEqualTo(Limits.MaxConsumedNonces);
        Limits.MaxConcurrentRequestsPerWallet.ShouldBeLessThan(Limits.MaxConcurrentRequests);
        (2 * Limits.MaxConcurrentUnauthenticated).ShouldBeLessThan(Limits.MaxConcurrentRequests);
    }

    [Fact]
    public void Whoever_is_isolated_knows_it_before_others_forget_tombstones()
    {
        ((Limits.TombstoneRetentionMs / 2) + Limits.TombstoneReachMarginMs).ShouldBeLessThan(Limits.TombstoneRetentionMs);
        Limits.MaxRecordSkewMs.ShouldBeLessThan(Limits.TombstoneReachMarginMs);
        Limits.MaxTtlMs.ShouldBeLessThan(Limits.MaxTimestampMs);
    }

    [Fact]
    public void Calls_end_before_the_next_turn_and_every_peer_has_a_link()
    {
        foreach (int timeoutMs in (int[])[Limits.OdynTimeoutMs, Limits.PeerTimeoutMs, Limits.ChainTimeoutMs])
        {
            ((long)timeoutMs).ShouldBeLessThan(Limits.TickMs);
        }

        Limits.MaxPeers.ShouldBeGreaterThanOrEqualTo(Limits.MaxOperators);
        Limits.MaxPeerConnectionPools.ShouldBeGreaterThanOrEqualTo(Limits.MaxPeers);
        Limits.HeadPollMs.ShouldBeLessThan(Limits.HeadMaxAgeMs);
        Limits.HeadMaxAgeMs.ShouldBeLessThan(Limits.ChainStaleAfterMs);
        Limits.MaxHeadPollMs.ShouldBeLessThan(Limits.ChainStaleAfterMs);
        Limits.MaxTickMs.ShouldBeLessThanOrEqualTo(Limits.TrustedTimeRefreshMs);
    }
}
