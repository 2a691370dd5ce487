using System.Text.Json;
using Kms.Core.Node.Api;
using Kms.Core.Node.Chain;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node.Handlers;

/// <summary><c>GET /status</c> for proven members and configured readers: the public part, then figures. Never secret.</summary>
internal static class DetailedStatusHandler
{
    public static byte[] Write(Readiness readiness, NodeServices services, PipelineCounters counters) => PublicHandlers.Write(writer =>
    {
        PublicHandlers.WriteStatus(writer, readiness, services);
        var details = services.Status.Details;
        writer.WriteString("detail", details.Detail);
        WriteBlock(writer, "latest", details.Latest);
        WriteBlock(writer, "final", details.Final);
        WriteEpochs(writer, details.Epochs);
        WritePeers(writer, details.Peers);
        WriteStore(writer, details.Store);
        writer.WriteBoolean("caught_up", details.CaughtUp);
        WriteNotServed(writer, readiness);
        WriteProposals(writer, details);
        WriteRequests(writer, services, counters);
        WriteUnfunded(writer, details.Unfunded);
        WriteInternalErrors(writer, details.InternalErrors);
    });

    private static void WriteBlock(Utf8JsonWriter writer, string name, BlockRef? block)
    {
        if (block is not { } at)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteNumber("number", at.Number);
        writer.WriteString("hash", at.Hash.ToString());
        writer.WriteNumber("timestamp", at.TimestampSeconds);
        writer.WriteEndObject();
    }

    private static void WriteEpochs(Utf8JsonWriter writer, IReadOnlyList<EpochStatus> epochs)
    {
        writer.WriteStartArray("epochs");
        foreach (var epoch in epochs)
        {
            writer.WriteStartObject();
            writer.WriteNumber("epoch", epoch.Epoch.Value);
            writer.WriteString("hash", epoch.Hash.ToString());
            writer.WriteString("state", epoch.State);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePeers(Utf8JsonWriter writer, IReadOnlyList<PeerStatus> peers)
    {
        writer.WriteStartArray("peers");
        foreach (var peer in peers)
        {
            writer.WriteStartObject();
            writer.WriteString("tee_wallet", peer.Wallet.ToString());
            writer.WriteString("node_url", peer.Url);
            writer.WriteBoolean("reachable", peer.Reachable);
            WriteNumberOrNull(writer, "last_exchange_ago_ms", (ulong?)peer.LastExchangeAgoMs);
            writer.WriteNumber("unacknowledged_records", peer.UnacknowledgedRecords);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteStore(Utf8JsonWriter writer, StoreStatus store)
    {
        writer.WriteStartObject("store");
        writer.WriteNumber("records", store.Records);
        writer.WriteNumber("tombstones", store.Tombstones);
        writer.WriteNumber("bytes", store.Bytes);
        writer.WriteNumber("concurrent_losers", store.Conflicts);
        writer.WriteString("digest", store.Digest.ToString());
        WriteNumberOrNull(writer, "oldest_epoch", store.OldestEpoch?.Value);
        writer.WriteEndObject();
    }

    private static void WriteNotServed(Utf8JsonWriter writer, Readiness readiness)
    {
        writer.WriteStartObject("not_served");
        WriteReasonOrNull(writer, "keys", readiness.KeysRefused);
        WriteReasonOrNull(writer, "reads", readiness.ReadsRefused);
        WriteReasonOrNull(writer, "writes", readiness.WritesRefused);
        writer.WriteEndObject();
    }

    private static void WriteReasonOrNull(Utf8JsonWriter writer, string name, Readiness.NotReady? refused) =>
        writer.WriteString(name, refused is null ? null : ApiErrors.ReasonCode(refused.Reason));

    private static void WriteProposals(Utf8JsonWriter writer, DetailedStatus details)
    {
        writer.WriteStartObject("proposals");
        WriteNumberOrNull(writer, "blocks", details.ProposalBlocks);
        writer.WriteNumber("blocks_needed", details.ProposalBlocksNeeded);
        writer.WriteEndObject();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter writer, string name, ulong? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void WriteUnfunded(Utf8JsonWriter writer, UnfundedNotice? notice)
    {
        if (notice is null)
        {
            writer.WriteNull("unfunded");
            return;
        }

        writer.WriteStartObject("unfunded");
        writer.WriteString("wallet", notice.Wallet.ToString());
        writer.WriteString("statement", notice.Statement);
        writer.WriteString("signature", notice.Signature);
        writer.WriteEndObject();
    }

    private static void WriteInternalErrors(Utf8JsonWriter writer, IReadOnlyDictionary<WorkUnit, long> counts)
    {
        writer.WriteStartObject("internal_errors");
        foreach (var (unit, count) in counts.OrderBy(one => one.Key))
        {
            writer.WriteNumber(JsonNamingPolicy.SnakeCaseLower.ConvertName(unit.ToString()), count);
        }

        writer.WriteEndObject();
    }

    private static void WriteRequests(Utf8JsonWriter writer, NodeServices services, PipelineCounters counters)
    {
        writer.WriteStartObject("requests");
        writer.WriteNumber("served", counters.Served);
        writer.WriteNumber("v1_proofs", counters.V1Proofs);
        writer.WriteNumber("v2_proofs", counters.V2Proofs);
        writer.WriteNumber("consumed_nonces", services.Nonces.ConsumedCount);
        writer.WriteStartObject("refused");
        foreach (var error in Enum.GetValues<ApiError>())
        {
            if (counters.Refused(error) is var count and > 0)
            {
                writer.WriteNumber(ApiErrors.CodeOf(error), count);
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
