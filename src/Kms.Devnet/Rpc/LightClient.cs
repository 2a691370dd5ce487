using System.Buffers;
using System.Text.Json;
using Kms.Adapters.Ethereum;
using Kms.Core.Json;
using Kms.Core.Ports;
using JsonValue = Kms.Core.Json.JsonValue;

namespace Kms.Devnet.Rpc;

/// <summary>Answers JSON-RPC as the enclave's light client does, from a chain that knows more. It proves nothing.</summary>
internal sealed class LightClient(Uri chain, TimeProvider clock) : IDisposable
{
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    // A node's largest batch asks for every operator, and a little more.
    public const int MaxCalls = 2 * Limits.MaxOperators;

    private const int MaxDepth = 16;
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(Limits.ChainTimeoutMs);
    private readonly JsonRpcClient _chain = new(chain, proxy: null, Timeout);
    private volatile Shown? _shown;
    private volatile bool _isFrozen;

    /// <summary>While set, the newest block stays the newest, as when nothing arrives from the sequencer.</summary>
    public bool IsFrozen
    {
        get => _isFrozen;
        set => _isFrozen = value;
    }

    /// <summary>The answer to a request's body, whatever that is.</summary>
    public async Task<byte[]> AnswerAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (!StrictJson.TryParse(body, MaxBodyBytes, MaxDepth, out var root, out _))
        {
            return Write([(JsonValue.Absent, LightAnswer.Fail(LightAnswer.ParseError, "Parse error"))], isBatch: false);
        }

        var items = root.Items ?? [root];
        if (items.Count is 0 or > MaxCalls)
        {
            return Write([(JsonValue.Absent, LightAnswer.Fail(LightAnswer.InvalidRequest, $"a batch has 1 to {MaxCalls} calls"))], isBatch: false);
        }

        LightCall?[] calls = [.. items.Select(LightCall.From)];
        var answers = await AnswerAsync(calls, cancel);
        return Write([.. calls.Select((call, i) => (call?.Id ?? JsonValue.Absent, answers[i]))], isBatch: root.Items is not null);
    }

    public void Dispose() => _chain.Dispose();

    private async Task<LightAnswer[]> AnswerAsync(LightCall?[] calls, CancellationToken cancel)
    {
        var head = await HeadAsync(cancel);
        if (head.Failure is not null || !head.TryGet(out var newest))
        {
            return Array.ConvertAll(calls, _ => LightAnswer.Fail(head.Detail ?? "block not found"));
        }

        var answers = new LightAnswer[calls.Length];
        var asked = new List<int>();
        for (int i = 0; i < calls.Length; i++)
        {
            if (calls[i] is not { } call)
            {
                answers[i] = LightAnswer.Fail(LightAnswer.InvalidRequest, "Invalid request");
            }
            else if (call.Answer(newest, clock.GetUtcNow().ToUnixTimeSeconds()) is { } known)
            {
                answers[i] = known;
            }
            else
            {
                asked.Add(i);
            }
        }

        if (asked.Count > 0)
        {
            var told = await _chain.SendAsync([.. asked.Select(i => calls[i]!.Forward(newest))], cancel);
            bool isTold = told.TryGet(out var results);
            for (int i = 0; i < asked.Count; i++)
            {
                answers[asked[i]] = isTold ? calls[asked[i]]!.Translate(results![i]) : LightAnswer.Fail(told.Detail ?? "no answer");
            }
        }

        return answers;
    }

    private async Task<Result<BlockRef, ChainFailure>> HeadAsync(CancellationToken cancel)
    {
        if (_isFrozen && _shown is { } shown)
        {
            return Result<BlockRef, ChainFailure>.Ok(shown.Head);
        }

        var told = await _chain.SendAsync([HeadReader.Tagged("latest")], cancel);
        if (!told.TryGet(out var answers))
        {
            return told.As<BlockRef>();
        }

        if (!RpcJson.TryHeader(answers[0].Result, out var head))
        {
            return Result<BlockRef, ChainFailure>.Fail(ChainFailure.Unavailable, "block not found");
        }

        _shown = new Shown(head);
        return Result<BlockRef, ChainFailure>.Ok(head);
    }

    private static byte[] Write(IReadOnlyList<(JsonValue Id, LightAnswer Answer)> answers, bool isBatch)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer);
        if (isBatch)
        {
            json.WriteStartArray();
        }

        foreach (var (id, answer) in answers)
        {
            answer.WriteTo(json, id);
        }

        if (isBatch)
        {
            json.WriteEndArray();
        }

        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Replaced as a whole: requests run side by side.</summary>
    private sealed record Shown(BlockRef Head);
}
