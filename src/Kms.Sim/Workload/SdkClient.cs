using System.Text;
using Kms.Client;
using Kms.Core.Primitives;
using Kms.Sim.World;

namespace Kms.Sim.Workload;

/// <summary>A caller in an app that uses the real client, one call at a time, and believes what that says.</summary>
/// <param name="cancel">Stops what is under way.</param>
internal sealed class SdkClient(SimWorld world, SimApp app, AppEnclave enclave, int first, CancellationToken cancel)
{
    private const string NoVersion = "none";

    private readonly SdkTransport _transport = enclave.NewTransport();
    private KmsClient? _kms;

    private KmsClient Kms => _kms ??= enclave.NewClient(_transport, first);

    public async Task DeriveAsync(string path, ulong? epoch)
    {
        var request = new DeriveRequest(path) { Epoch = epoch is { } named ? Epoch.From(named) : null };
        var (call, result) = await CallAsync("derive", SdkCallKind.Read, () => Kms.DeriveAsync(request, cancel));
        if (result.TryGet(out var key) && call.Taken is { By: { } by, Node: { } node } taken)
        {
            string text = Convert.ToBase64String(key.Bytes);
            key.Dispose();
            world.Workload.Remember(new DeriveRecord(app, path, key.Epoch.Value, epoch is not null, text, node, by, taken.SentAt, world.Loop.Now));
        }
    }

    public Task PutAsync(string key, string value, bool quorum) => WriteAsync(
        quorum ? "put quorum" : "put", SdkCallKind.PlainWrite, new PutRequest(key, Encoding.UTF8.GetBytes(value)) { AwaitQuorum = quorum }, value);

    /// <summary>Reads, then writes over what was read.</summary>
    public async Task ReplaceAsync(string key, string value, bool quorum)
    {
        var (version, _) = await ReadAsync(key);
        if (version is not null)
        {
            var request = new PutRequest(key, Encoding.UTF8.GetBytes(value)) { IfVersion = version, AwaitQuorum = quorum };
            await WriteAsync("replace", SdkCallKind.ConditionalWrite, request, value);
        }
    }

    public Task GetAsync(string key) => ReadAsync(key);

    /// <summary>Reads, then deletes. When both were at one node it is known what the delete must outlive.</summary>
    public async Task DeleteAsync(string key)
    {
        var (version, read) = await ReadAsync(key);
        if (version is null or NoVersion)
        {
            return;
        }

        var (call, result) = await CallAsync("delete", SdkCallKind.PlainWrite, () => Kms.DeleteAsync(key, cancel));
        world.Workload.MayHaveDeletedNow(app.Id, key);
        if (result.TryGet(out _) && call.Taken?.By is { } by && ReferenceEquals(by, read.Taken?.By))
        {
            world.Workload.Remember(new WriteRecord(app.Id, key, version, null, by, world.Loop.Now, 1));
        }
    }

    public Task ListAsync() => CallAsync("list", SdkCallKind.Read, () => Kms.ListAsync(cancel));

    private async Task<(string? Version, SdkCall Call)> ReadAsync(string key)
    {
        var (call, result) = await CallAsync("get", SdkCallKind.Read, () => Kms.GetAsync(key, cancel));
        if (result.TryGet(out var stored))
        {
            stored.Dispose();
            return (stored.Version, call);
        }

        return (result.Failure?.Kind == KmsFailure.NotFound ? NoVersion : null, call);
    }

    private async Task WriteAsync(string what, SdkCallKind kind, PutRequest request, string value)
    {
        var (call, result) = await CallAsync(what, kind, () => Kms.PutAsync(request, cancel));
        if (result.TryGet(out var receipt) && call.Taken?.By is { } by)
        {
            world.Workload.Remember(new WriteRecord(app.Id, request.Key, receipt.Version, value, by, world.Loop.Now, receipt.StoredBy ?? 1));
        }
    }

    /// <returns>The call, and what the client said; of unknown outcome when it was told to stop.</returns>
    private async Task<(SdkCall Call, Result<T, KmsError> Result)> CallAsync<T>(string what, SdkCallKind kind, Func<Task<Result<T, KmsError>>> ask)
    {
        var call = new SdkCall(app, what, kind);
        _transport.Call = call;
        var result = Result<T, KmsError>.Fail(new KmsError(KmsFailure.OutcomeUnknown, string.Empty));
        try
        {
            result = await ask();
            call.Conclude(result.Failure?.Kind);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            call.Cancel();
        }

        world.Workload.Note(call);
        return (call, result);
    }
}
