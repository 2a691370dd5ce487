using System.Security.Cryptography;
using System.Text;
using Kms.Core.Node.Api;
using Kms.Core.Node.Serving;
using Kms.Core.Primitives;
using Kms.Core.Secrets;

namespace Kms.Core.Node.Handlers;

/// <summary><c>POST /kms/derive</c>: a key of the app's own, from the master secret of an epoch.</summary>
internal static class DeriveHandler
{
    private const int DefaultLengthBytes = 32;

    private static readonly JsonField[] Shape =
    [
        new("path", JsonFieldKind.Text, Required: true),
        new("context", JsonFieldKind.Text, Required: false),
        new("length", JsonFieldKind.Integer, Required: false),
        new("epoch", JsonFieldKind.Integer, Required: false),
        new("derivation", JsonFieldKind.Integer, Required: false),
    ];

    public static AppAnswer Handle(AppCall call)
    {
        var parsed = FlatJson.Parse(call.Payload.Span, Shape, call.Unknown);
        if (!parsed.TryGet(out var json))
        {
            return AppAnswer.Refused(parsed.Failure!.Value);
        }

        using (json)
        {
            var path = json.Text(0)!;
            var context = json.Text(1) ?? string.Empty;
            long length = json.Integer(2) ?? DefaultLengthBytes;
            long derivation = json.Integer(4) ?? 1;
            return Check(path, context, length, derivation) is { } refusal
                ? AppAnswer.Refused(refusal)
                : Derive(call, new DerivationInput(path, context, (int)derivation), (int)length, json.Integer(3));
        }
    }

    private static ApiRefusal? Check(string path, string context, long length, long derivation)
    {
        if (path.Length == 0)
        {
            return new ApiRefusal(ApiError.PathEmpty, "path: empty");
        }

        if (Encoding.UTF8.GetByteCount(path) > Limits.MaxPathBytes)
        {
            return new ApiRefusal(ApiError.PathTooLong, $"path: over {Limits.MaxPathBytes} bytes");
        }

        if (Encoding.UTF8.GetByteCount(context) > Limits.MaxContextBytes)
        {
            return new ApiRefusal(ApiError.ContextTooLong, $"context: over {Limits.MaxContextBytes} bytes");
        }

        if (length is < 1 or > Limits.MaxDerivedBytes)
        {
            return new ApiRefusal(ApiError.LengthOutOfRange, $"length: not 1..{Limits.MaxDerivedBytes}");
        }

        return derivation is 1 or 2 ? null : new ApiRefusal(ApiError.BadField, "derivation: not 1 or 2");
    }

    private static AppAnswer Derive(AppCall call, DerivationInput input, int length, long? requestedEpoch)
    {
        var chosen = EpochChoice.Choose(call.Ready, requestedEpoch);
        if (!chosen.TryGet(out var epoch))
        {
            return AppAnswer.Refused(chosen.Failure!.Value);
        }

        Span<byte> key = stackalloc byte[Limits.MaxDerivedBytes];
        key = key[..length];
        try
        {
            if (!call.Services.Secrets.TryDeriveApp(epoch, call.App.App, input, key))
            {
                return AppAnswer.Refused(ApiError.EpochUnavailable, "this node does not hold that epoch's secret now");
            }

            return AppAnswer.Ok(Answer(call, input.Path, key, epoch.Value));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static SecretBuffer Answer(AppCall call, string path, ReadOnlySpan<byte> key, ulong epoch)
    {
        var buffer = AnswerJson.Create(path.Length, key.Length);
        using var writer = AnswerJson.Open(buffer);
        writer.WriteNumber("app_id", call.App.App.Value);
        writer.WriteString("path", path);
        writer.WriteBase64String("key", key);
        writer.WriteNumber("length", key.Length);
        writer.WriteNumber("epoch", epoch);
        AnswerJson.Close(writer);
        return buffer;
    }
}

/// <summary>Which epoch a derive request means.</summary>
internal static class EpochChoice
{
    /// <param name="requested">Null: the default epoch, so that a rotation never silently changes an app's keys.</param>
    public static Result<Epoch, ApiRefusal> Choose(Readiness.Ready ready, long? requested)
    {
        if (requested is not { } number)
        {
            return Result<Epoch, ApiRefusal>.Ok(ready.DefaultEpoch);
        }

        if (number < 1)
        {
            return Refused(ApiError.UnknownEpoch, "epoch: there is no such epoch");
        }

        var epoch = Epoch.From((ulong)number);
        var final = ready.View.AtFinal.Kms.Find(epoch);
        var latest = ready.View.AtLatest.Kms.Find(epoch);
        if (final is null && latest is null)
        {
            return Refused(ApiError.UnknownEpoch, "epoch: there is no such epoch");
        }

        if (final is { Retired: true } || latest is { Retired: true })
        {
            return Refused(ApiError.EpochRetired, "epoch: retired");
        }

        // Active at one view only: not yet, or about to be reorganised away.
        return final is null || latest is null || final.Hash != latest.Hash
            ? Refused(ApiError.EpochUnavailable, "epoch: not final yet")
            : Result<Epoch, ApiRefusal>.Ok(epoch);
    }

    private static Result<Epoch, ApiRefusal> Refused(ApiError error, string message) => Result<Epoch, ApiRefusal>.Fail(new ApiRefusal(error, message));
}
