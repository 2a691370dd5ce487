using System.Security.Cryptography;
using System.Text;
using Kms.Core.Audit;
using Kms.Core.Node.Api;
using Kms.Core.Store;

namespace Kms.Core.Node.Handlers;

/// <summary><c>GET /kms/data</c>: one value, or the keys of the app.</summary>
internal static class DataReadHandler
{
    public static AppAnswer Handle(AppCall call)
    {
        if (call.Route.DataKey is not { } key)
        {
            return call.Ready.ReadsRefused is { } refused ? AppAnswer.Refused(ApiRefusal.NotReady(refused.Reason)) : List(call);
        }

        if (DataKey.Check(key) is { } bad)
        {
            return AppAnswer.Refused(bad);
        }

        switch (call.Services.Store.Get(call.App.App, key))
        {
            case GetResult.Found found:
                try
                {
                    return AppAnswer.Ok(Found(call, key, found));
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(found.Value);
                }

            case GetResult.NotFound when call.Ready.ReadsRefused is { } refused:
                return AppAnswer.Refused(ApiRefusal.NotReady(refused.Reason));

            case GetResult.NotFound:
                return AppAnswer.Refused(ApiError.NotFound, "there is no such key");

            case GetResult.EpochUnavailable:
                return AppAnswer.Refused(ApiError.EpochUnavailable, "this node does not hold that record's epoch now");

            case GetResult.Corrupt:
                call.Services.Audit(AuditKind.RecordCorrupt, $"app {call.App.App}");
                return AppAnswer.Refused(ApiError.ValueCorrupt, "the stored value does not authenticate");

            case var other:
                throw new InvariantException($"get: {other.GetType().Name}");
        }
    }

    private static SecretBuffer Found(AppCall call, string key, GetResult.Found found)
    {
        var buffer = AnswerJson.Create(key.Length + found.Version.Length, found.Value.Length);
        using var writer = AnswerJson.Open(buffer);
        writer.WriteNumber("app_id", call.App.App.Value);
        writer.WriteString("key", key);
        writer.WriteBase64String("value", found.Value);
        writer.WriteNumber("updated_at_ms", found.UpdatedAtMs);
        writer.WriteString("version", found.Version);
        AnswerJson.Close(writer);
        return buffer;
    }

    private static AppAnswer List(AppCall call)
    {
        var list = call.Services.Store.List(call.App.App, Limits.MaxListedKeys);
        long chars = 0;
        foreach (var key in list.Keys)
        {
            chars += key.Length + 3;
        }

        var buffer = AnswerJson.Create(chars, 0);
        using var writer = AnswerJson.Open(buffer);
        writer.WriteNumber("app_id", call.App.App.Value);
        writer.WriteStartArray("keys");
        foreach (var key in list.Keys)
        {
            writer.WriteStringValue(key);
        }

        writer.WriteEndArray();
        writer.WriteNumber("count", list.Count);
        AnswerJson.Close(writer);
        return AppAnswer.Ok(buffer);
    }
}

/// <summary>What every key of the store must be.</summary>
internal static class DataKey
{
    /// <summary>What is wrong with a key, or null.</summary>
    public static ApiRefusal? Check(string key)
    {
        if (key.Length == 0)
        {
            return new ApiRefusal(ApiError.KeyEmpty, "key: empty");
        }

        return Encoding.UTF8.GetByteCount(key) > Limits.MaxKeyBytes
            ? new ApiRefusal(ApiError.KeyTooLong, $"key: over {Limits.MaxKeyBytes} bytes")
            : null;
    }
}
