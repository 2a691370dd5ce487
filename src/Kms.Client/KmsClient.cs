using System.Net;
using System.Security.Cryptography;
using Kms.Adapters;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Odyn;
using Kms.Adapters.Transport;
using Kms.Core.Network;

namespace Kms.Client;

/// <summary>
/// What an app uses: derives keys and stores values at any node of the cluster. Every answer is proven to come from a node
/// that the chain lists; an unproven one counts as a lost connection. Thread-safe.
/// </summary>
public sealed class KmsClient : IDisposable
{
    private readonly INodeDirectory _directory;
    private readonly IClock _clock;
    private readonly KmsClientOptions _options;
    private readonly NodeCaller _caller;
    private readonly IDisposable[] _owned;
    private readonly object _gate = new();
    private IReadOnlyList<KmsNodeAddress> _nodes = [];
    private TimeSpan _readAt;
    private bool _disposed;

    /// <param name="identity">Not owned.</param>
    /// <param name="directory">Not owned.</param>
    /// <param name="transport">Not owned.</param>
    /// <param name="clock">Its wall clock is what requests are signed with: nodes refuse one that is minutes off.</param>
    public KmsClient(IAppIdentity identity, INodeDirectory directory, ITransport transport, IClock clock, KmsClientOptions options)
        : this(identity, directory, transport, clock, options, [])
    {
    }

    private KmsClient(IAppIdentity identity, INodeDirectory directory, ITransport transport, IClock clock, KmsClientOptions options, IDisposable[] owned)
    {
        _owned = owned;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxRounds, 1);
        _directory = directory;
        _clock = clock;
        _options = options;
        var addresses = new AddressPolicy(transport, options.AddressExceptions, rootIsAws: options.AddressExceptions.Count == 0);
        _caller = new NodeCaller(identity, transport, clock, addresses, options.Timeout);
    }

    /// <summary>A client with everything under it: the chain for the nodes, the app's supervisor for its keys, the way out of the enclave.</summary>
    /// <param name="identity">Whom to speak for instead of the supervisor's app. Not owned.</param>
    /// <exception cref="ArgumentException">The options, or the environment's proxy, cannot be meant; the message says what to do.</exception>
    public static KmsClient Connect(NovaKmsClientOptions options, IAppIdentity? identity = null)
    {
        string problems = string.Join("; ", options.Problems());
        if (problems.Length > 0)
        {
            throw new ArgumentException(problems, nameof(options));
        }

#pragma warning disable RS0030 // The supervisor tells the way out of the enclave by the environment.
        if (!ProxyEnvironment.TryChoose(options.ConnectProxy, Environment.GetEnvironmentVariable, out var proxy, out string? problem))
#pragma warning restore RS0030
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var rpc = new Uri(options.RpcUrl);
        var chain = new EthereumChain(new EthereumChainOptions(
            [rpc], new ChainIdentity(options.ChainId, WalletAddress.Parse(options.KmsRegistry)), new FinalityRule.Depth(options.FinalityDepth))
        {
            Proxy = proxy.For(rpc),
        });
        var transport = new PinnedHttpTransport(new PinnedHttpTransportOptions { ConnectProxy = proxy.Https, NoProxy = proxy.NoProxy });
        var odyn = new OdynHttp(new OdynHttpOptions(new Uri(options.OdynUrl)));
        var behaviour = new KmsClientOptions
        {
            AddressExceptions = [.. options.AddressExceptions.Select(IPEndPoint.Parse)],
            Timeout = TimeSpan.FromMilliseconds(options.TimeoutMs),
        };
        return new KmsClient(identity ?? new OdynAppIdentity(odyn), new ChainNodeDirectory(chain), transport, new SystemClock(), behaviour, [transport, chain, odyn]);
    }

    /// <summary>Disposes what <see cref="Connect"/> made. Calls that are under way fail, later ones throw.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        Array.ForEach(_owned, static one => one.Dispose());
    }

    /// <summary>Derives a key: the same inputs give the same key at every node.</summary>
    public async Task<Result<DerivedKey, KmsError>> DeriveAsync(DeriveRequest request, CancellationToken cancel)
    {
        using var payload = KmsPayloads.Derive(request);
        return await AskAsync("POST", "/kms/derive", payload.Written, Resend.Always, json => KmsAnswers.Derived(json, request), cancel);
    }

    public Task<Result<StoredValue, KmsError>> GetAsync(string key, CancellationToken cancel) =>
        AskAsync("GET", KmsPayloads.TargetOf(key), null, Resend.Always, json => KmsAnswers.Stored(json, key), cancel);

    /// <summary>Writes a value. When the answer is lost, the write is resent only if it names <see cref="PutRequest.IfVersion"/>.</summary>
    public async Task<Result<PutReceipt, KmsError>> PutAsync(PutRequest request, CancellationToken cancel)
    {
        using var payload = KmsPayloads.Put(request);
        var resend = request.IfVersion is null ? Resend.OnlyIfNotSent : Resend.Conditional;
        return await AskAsync("PUT", "/kms/data", payload.Written, resend, json => KmsAnswers.Put(json, request.Key), cancel);
    }

    /// <summary>All keys of the app, in ordinal order.</summary>
    public Task<Result<IReadOnlyList<string>, KmsError>> ListAsync(CancellationToken cancel) =>
        AskAsync("GET", "/kms/data", null, Resend.Always, KmsAnswers.Keys, cancel);

    /// <summary>Deletes a key; true when it existed. Not resent when the answer is lost: it could delete a later write.</summary>
    public async Task<Result<bool, KmsError>> DeleteAsync(string key, CancellationToken cancel)
    {
        using var payload = KmsPayloads.Delete(key);
        var result = await AskAsync<object>("DELETE", "/kms/data", payload.Written, Resend.OnlyIfNotSent, json => KmsAnswers.Deleted(json, key), cancel);
        return result.TryGet(out object? existed) ? Result<bool, KmsError>.Ok((bool)existed) : result.As<bool>();
    }

    /// <summary>The nodes that would be asked.</summary>
    public async Task<Result<IReadOnlyList<KmsNodeAddress>, KmsError>> NodesAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_nodes.Count > 0 && _clock.Elapsed - _readAt < _options.DirectoryAge)
            {
                return Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Ok(_nodes);
            }
        }

        var listed = await _directory.ListAsync(cancel);
        if (!listed.TryGet(out var nodes))
        {
            return listed;
        }

        if (_options.NodeUrls.Count > 0)
        {
            nodes = await AtGivenUrlsAsync(nodes, cancel);
        }

        if (nodes.Count == 0)
        {
            return Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Fail(
                new KmsError(KmsFailure.Unavailable, "unknown_node"), "none of the given nodes answers as a node that the chain lists");
        }

        lock (_gate)
        {
            _nodes = nodes;
            _readAt = _clock.Elapsed;
        }

        return Result<IReadOnlyList<KmsNodeAddress>, KmsError>.Ok(nodes);
    }

    /// <summary>What each node says of itself.</summary>
    public async Task<Result<IReadOnlyList<NodeStatus>, KmsError>> StatusAsync(CancellationToken cancel)
    {
        var listed = await NodesAsync(cancel);
        return listed.TryGet(out var nodes)
            ? Result<IReadOnlyList<NodeStatus>, KmsError>.Ok(await Task.WhenAll(nodes.Select(node => StatusOfAsync(node, cancel)).ToArray()))
            : listed.As<IReadOnlyList<NodeStatus>>();
    }

    /// <summary>What each node tells this app's wallet as an operator's: only where it is one of the node's <c>StatusReaders</c>.</summary>
    public async Task<Result<IReadOnlyList<NodeDetails>, KmsError>> DetailsAsync(CancellationToken cancel)
    {
        var listed = await NodesAsync(cancel);
        return listed.TryGet(out var nodes)
            ? Result<IReadOnlyList<NodeDetails>, KmsError>.Ok(await Task.WhenAll(nodes.Select(node => DetailsOfAsync(node, cancel)).ToArray()))
            : listed.As<IReadOnlyList<NodeDetails>>();
    }

    private async Task<NodeDetails> DetailsOfAsync(KmsNodeAddress node, CancellationToken cancel)
    {
        var answer = await _caller.DetailsAsync(node, cancel);
        if (answer is { Kind: NodeAnswer.Outcome.Signed, Status: 200 })
        {
            return new NodeDetails(node, KmsAnswers.Document(answer.Body), string.Empty);
        }

        var (code, message) = KmsAnswers.ErrorOf(answer.Body);
        return new NodeDetails(node, null, answer.Kind == NodeAnswer.Outcome.Signed ? $"{code}: {message}" : answer.Detail);
    }

    private async Task<Result<T, KmsError>> AskAsync<T>(
        string method, string target, ReadOnlyMemory<byte>? plaintext, Resend resend, Func<ReadOnlyMemory<byte>, T?> parse, CancellationToken cancel)
        where T : class
    {
        string last = "no node was asked";
        bool lost = false;
        for (int round = 0; round < _options.MaxRounds; round++)
        {
            if (round > 0)
            {
                Forget();
                await _clock.DelayAsync(_options.RoundPause, cancel);
            }

            var listed = await NodesAsync(cancel);
            if (!listed.TryGet(out var nodes))
            {
                last = $"{listed.Failure}: {listed.Detail}";
                continue;
            }

            foreach (var node in nodes)
            {
                // An unready node says so without a signature, which for a write would look like a lost answer: ask before.
                if (resend != Resend.Always && await StatusOfAsync(node, cancel) is { Ready: false } unready)
                {
                    last = $"{node.Url} is not ready ({unready.Reason})";
                    continue;
                }

                var answer = await _caller.CallAsync(node, method, target, plaintext, cancel);
                Result<T, KmsError>? result = null;
                switch (answer.Kind)
                {
                    case NodeAnswer.Outcome.NoIdentity:
                        result = Result<T, KmsError>.Fail(new KmsError(KmsFailure.IdentityUnavailable, string.Empty), answer.Detail);
                        break;
                    case NodeAnswer.Outcome.Lost when resend == Resend.OnlyIfNotSent:
                        return Unknown<T>(answer.Detail);
                    case NodeAnswer.Outcome.Lost:
                        lost = true;
                        last = answer.Detail;
                        break;
                    case NodeAnswer.Outcome.NotSent:
                        last = answer.Detail;
                        break;
                    default:
                        result = Conclude(node, answer, parse, out last);
                        break;
                }

                if (result is { } said)
                {
                    // Whatever a later node says, the attempt whose answer was lost may have done it: a conflict may be with itself.
                    bool mayStand = resend != Resend.Always && (lost || answer.Status == 200);
                    return mayStand && said.Failure is not null ? Unknown<T>($"it may have happened before this answer: {said.Detail}") : said;
                }
            }
        }

        return lost && resend == Resend.Conditional ? Unknown<T>(last) : Result<T, KmsError>.Fail(new KmsError(KmsFailure.Unavailable, string.Empty), last);
    }

    private static Result<T, KmsError> Unknown<T>(string detail) => Result<T, KmsError>.Fail(new KmsError(KmsFailure.OutcomeUnknown, "answer_lost"), detail);

    // Null: this node cannot serve now, and says so itself; the next may.
    private static Result<T, KmsError>? Conclude<T>(KmsNodeAddress node, NodeAnswer answer, Func<ReadOnlyMemory<byte>, T?> parse, out string detail)
        where T : class
    {
        detail = string.Empty;
        if (answer.Status == 200)
        {
            try
            {
                return parse(answer.Body) is { } value
                    ? Result<T, KmsError>.Ok(value)
                    : Result<T, KmsError>.Fail(new KmsError(KmsFailure.Refused, "malformed_answer"), $"{node.Url} answered something else than was asked");
            }
            finally
            {
                CryptographicOperations.ZeroMemory(answer.Body);
            }
        }

        var (code, message) = KmsAnswers.ErrorOf(answer.Body);
        detail = $"{node.Url}: {answer.Status} {code}: {message}";
        return answer.Status switch
        {
            429 or >= 500 and not 507 => null,
            404 => Result<T, KmsError>.Fail(new KmsError(KmsFailure.NotFound, code), detail),
            409 => Result<T, KmsError>.Fail(new KmsError(KmsFailure.VersionConflict, code), detail),
            _ => Result<T, KmsError>.Fail(new KmsError(KmsFailure.Refused, code), detail),
        };
    }

    private async Task<NodeStatus> StatusOfAsync(KmsNodeAddress node, CancellationToken cancel)
    {
        if (await _caller.StatusAsync(node.Url, cancel) is not { } answer)
        {
            return new NodeStatus(node, Reachable: false, Ready: false, Reason: "unreachable");
        }

        var (ready, reason, _) = KmsAnswers.StatusOf(answer);
        return new NodeStatus(node, Reachable: true, ready, reason);
    }

    // The wallet that a URL claims is looked up on the chain: claiming another's brings nothing, since it signs the answers.
    private async Task<IReadOnlyList<KmsNodeAddress>> AtGivenUrlsAsync(IReadOnlyList<KmsNodeAddress> listed, CancellationToken cancel)
    {
        var found = new List<KmsNodeAddress>();
        foreach (string url in _options.NodeUrls)
        {
            string? claimed = await _caller.StatusAsync(url, cancel) is { } answer ? KmsAnswers.StatusOf(answer).Wallet : null;
            if (WalletAddress.TryParse(claimed, out var wallet) && listed.FirstOrDefault(node => node.Wallet == wallet) is { } known)
            {
                found.Add(known with { Url = url });
            }
        }

        return found;
    }

    private void Forget()
    {
        lock (_gate)
        {
            _nodes = [];
        }
    }
}
