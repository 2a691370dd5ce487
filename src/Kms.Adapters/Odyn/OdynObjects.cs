using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Adapters.Odyn;

/// <summary>Object storage (<c>/v1/s3/…</c>): present only where the manifest enables it.</summary>
internal sealed class OdynObjects(OdynClient http)
{
    private const int SmallAnswerBytes = 16 * 1024;
    private const int PageKeys = 1_000;

    /// <summary>The object, or null when there is none (404); without a configured bucket Odyn refuses (400).</summary>
    public async Task<Result<byte[]?, OdynFailure>> GetAsync(string key, CancellationToken cancel)
    {
        const string Path = "/v1/s3/get";
        var answer = await http.PostOrNotFoundAsync(Path, json => json.WriteString("key"u8, key), key.Length + 64, Limits.MaxOdynResponseBytes, cancel);
        if (!answer.TryGet(out var body) || body is null)
        {
            return answer;
        }

        return OdynAnswer.Read(body)["value"].TryBase64(out var value) ? Result<byte[]?, OdynFailure>.Ok(value) : OdynHttp.Malformed<byte[]?>(Path);
    }

    public Task<Result<bool, OdynFailure>> PutAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel) =>
        ActAsync("/v1/s3/put", key, value, cancel);

    public Task<Result<bool, OdynFailure>> DeleteAsync(string key, CancellationToken cancel) =>
        ActAsync("/v1/s3/delete", key, null, cancel);

    /// <summary>All keys under the prefix; more than <see cref="Limits.MaxListedKeys"/> is Malformed, never a silent cut.</summary>
    public async Task<Result<IReadOnlyList<string>, OdynFailure>> ListAsync(string prefix, CancellationToken cancel)
    {
        const string Path = "/v1/s3/list";
        var all = new List<string>();
        string? token = null;
        for (int page = 0; page <= Limits.MaxListedKeys / PageKeys; page++)
        {
            string? from = token;
            var answer = await http.PostAsync(
                Path,
                json =>
                {
                    json.WriteString("prefix"u8, prefix);
                    json.WriteNumber("max_keys"u8, PageKeys);
                    if (from is not null)
                    {
                        json.WriteString("continuation_token"u8, from);
                    }
                },
                prefix.Length + 256,
                Limits.MaxOdynResponseBytes,
                cancel);
            if (!answer.TryGet(out var body))
            {
                return answer.As<IReadOnlyList<string>>();
            }

            var listed = OdynAnswer.Read(body);
            if (!OdynAnswer.TryStrings(listed["keys"], PageKeys, out var keys) || listed["is_truncated"].Boolean is not { } more)
            {
                return OdynHttp.Malformed<IReadOnlyList<string>>(Path);
            }

            all.AddRange(keys);
            if (all.Count > Limits.MaxListedKeys)
            {
                break;
            }

            if (!more)
            {
                return Result<IReadOnlyList<string>, OdynFailure>.Ok(all);
            }

            token = listed["continuation_token"].Text;
            if (token is null)
            {
                break;
            }
        }

        return OdynHttp.Malformed<IReadOnlyList<string>>(Path);
    }

    private async Task<Result<bool, OdynFailure>> ActAsync(string path, string key, ReadOnlyMemory<byte>? value, CancellationToken cancel)
    {
        var answer = await http.PostAsync(
            path,
            json =>
            {
                json.WriteString("key"u8, key);
                if (value is { } bytes)
                {
                    json.WriteBase64String("value"u8, bytes.Span);
                }
            },
            key.Length + ((value?.Length ?? 0) * 4 / 3) + 128,
            SmallAnswerBytes,
            cancel);
        if (!answer.TryGet(out var body))
        {
            return answer.As<bool>();
        }

        return OdynAnswer.Read(body)["success"].Boolean == true
            ? Result<bool, OdynFailure>.Ok(true)
            : OdynHttp.Malformed<bool>(path);
    }
}
