using Kms.Core.Node.Api;
using Kms.Core.Store;

namespace Kms.Core.Node.Handlers;

/// <summary><c>DELETE /kms/data</c>. Deletes are admitted whatever the quota (design §8).</summary>
internal static class DataDeleteHandler
{
    private static readonly JsonField[] Shape = [new("key", JsonFieldKind.Text, Required: true)];

    public static AppAnswer Handle(AppCall call)
    {
        var parsed = FlatJson.Parse(call.Payload.Span, Shape, call.Unknown);
        if (!parsed.TryGet(out var json))
        {
            return AppAnswer.Refused(parsed.Failure!.Value);
        }

        string key;
        using (json)
        {
            key = json.Text(0)!;
        }

        if (DataKey.Check(key) is { } bad)
        {
            return AppAnswer.Refused(bad);
        }

        // A tombstone needs the record that it follows, and "absent" would be a guess.
        if ((call.Ready.WritesRefused ?? call.Ready.ReadsRefused) is { } refused)
        {
            return AppAnswer.Refused(ApiRefusal.NotReady(refused.Reason));
        }

        return call.Services.Store.Delete(call.App.App, call.Ready.CurrentEpoch, key) switch
        {
            DeleteResult.Deleted deleted => Answer(call, key, deleted),
            DeleteResult.EpochUnavailable => AppAnswer.Refused(ApiError.EpochUnavailable, "this node does not hold the current epoch now"),
            var other => throw new InvariantException($"delete: {other.GetType().Name}"),
        };
    }

    private static AppAnswer Answer(AppCall call, string key, DeleteResult.Deleted deleted)
    {
        bool wrote = deleted.Id is not null;
        if (wrote)
        {
            call.Services.NotifyWrite();
        }

        var buffer = AnswerJson.Create(key.Length, 0);
        using var writer = AnswerJson.Open(buffer);
        writer.WriteNumber("app_id", call.App.App.Value);
        writer.WriteString("key", key);
        writer.WriteBoolean("deleted", deleted.Existed);
        AnswerJson.Close(writer);
        return AppAnswer.Ok(buffer, wrote);
    }
}
