using Kms.Core.Node.Api;
using Kms.Core.Store;

namespace Kms.Core.Node.Handlers;

/// <summary><c>PUT /kms/data</c>.</summary>
internal static class DataPutHandler
{
    private const int MaxVersionChars = 128;
    private const string AckLocal = "local";
    private const string AckQuorum = "quorum";

    private static readonly JsonField[] Shape =
    [
        new("key", JsonFieldKind.Text, Required: true),
        new("value", JsonFieldKind.Base64, Required: true, Limits.MaxValueBytes),
        new("ttl_ms", JsonFieldKind.Integer, Required: false),
        new("if_version", JsonFieldKind.Text, Required: false),
        new("ack", JsonFieldKind.Text, Required: false),
    ];

    public static async Task<AppAnswer> HandleAsync(AppCall call, CancellationToken cancel)
    {
        var parsed = FlatJson.Parse(call.Payload.Span, Shape, call.Unknown);
        if (!parsed.TryGet(out var json))
        {
            return AppAnswer.Refused(parsed.Failure!.Value);
        }

        PutResult result;
        var key = json.Text(0)!;
        var ack = json.Text(4) ?? AckLocal;
        using (json)
        {
            if ((DataKey.Check(key) ?? CheckOptions(json.Integer(2), json.Text(3), ack)) is { } refusal)
            {
                return AppAnswer.Refused(refusal);
            }

            if ((call.Ready.WritesRefused ?? (json.Text(3) is null ? null : call.Ready.ReadsRefused)) is { } refused)
            {
                return AppAnswer.Refused(ApiRefusal.NotReady(refused.Reason));
            }

            // Existing clients send ttl_ms 0 for "never expires".
            long? ttlMs = json.Integer(2) is { } ttl and > 0 ? ttl : null;
            result = call.Services.Store.Put(call.App.App, call.Ready.CurrentEpoch, key, json.Bytes(1), ttlMs, json.Text(3));
        }

        return result switch
        {
            PutResult.Stored stored => await AnswerAsync(call, key, stored, ack == AckQuorum, cancel),
            PutResult.Conflict => AppAnswer.Refused(ApiError.VersionConflict, "if_version is not the version that this replica holds"),
            PutResult.QuotaExceeded => AppAnswer.Refused(ApiError.QuotaExceeded, "the app's quota is used up"),
            PutResult.TombstonesFull => AppAnswer.Refused(ApiError.QuotaExceeded, "too many recently deleted keys"),
            PutResult.StoreFull => AppAnswer.Refused(ApiError.StoreFull, "this node's store is full"),
            PutResult.EpochUnavailable => AppAnswer.Refused(ApiError.EpochUnavailable, "this node does not hold the current epoch now"),
            _ => throw new InvariantException($"put: {result.GetType().Name}"),
        };
    }

    private static ApiRefusal? CheckOptions(long? ttlMs, string? ifVersion, string ack)
    {
        if (ttlMs is < 0 or > Limits.MaxTtlMs)
        {
            return new ApiRefusal(ApiError.TtlOutOfRange, $"ttl_ms: not 0..{Limits.MaxTtlMs}");
        }

        // Versions are opaque: any other text is simply not the current one (409). Only its size is bounded here.
        if (ifVersion is { Length: 0 or > MaxVersionChars })
        {
            return new ApiRefusal(ApiError.BadField, "if_version: not a version");
        }

        return ack is AckLocal or AckQuorum ? null : new ApiRefusal(ApiError.BadField, "ack: not local or quorum");
    }

    private static async Task<AppAnswer> AnswerAsync(AppCall call, string key, PutResult.Stored stored, bool quorum, CancellationToken cancel)
    {
        int? storedBy = null;
        int wanted = (int)Math.Min(call.Ready.View.AtLatest.Kms.ConfirmationTarget, Limits.MaxOperators);
        if (quorum)
        {
            storedBy = await call.Services.Replication.WaitForQuorumAsync(
                stored.Id, wanted, TimeSpan.FromMilliseconds(Limits.QuorumAckTimeoutMs), cancel);
        }
        else
        {
            call.Services.NotifyWrite();
        }

        var buffer = AnswerJson.Create(key.Length + stored.Version.Length, 0);
        using var writer = AnswerJson.Open(buffer);
        writer.WriteNumber("app_id", call.App.App.Value);
        writer.WriteString("key", key);
        writer.WriteNumber("updated_at_ms", stored.UpdatedAtMs);
        writer.WriteString("version", stored.Version);
        if (storedBy is { } members)
        {
            writer.WriteNumber("stored_by", members);
            writer.WriteNumber("quorum", wanted);
        }

        AnswerJson.Close(writer);
        return AppAnswer.Ok(buffer, wrote: true);
    }
}
