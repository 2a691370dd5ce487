using System.Security.Cryptography;
using Kms.Core.Audit;
using Kms.Core.Node.Odyn;
using Kms.Core.Node.Pipeline;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Core.Supervision;

namespace Kms.Core.Node;

/// <summary>One node of a Nova KMS cluster: everything behind four ports.</summary>
public sealed class KmsNode : IAsyncDisposable
{
    private readonly object _gate = new();
    private readonly KmsNodeOptions _options;
    private readonly IChain _chain;
    private readonly IOdyn _odyn;
    private readonly IClock _clock;
    private readonly ITransport _transport;
    private readonly byte[] _hostEntropy;
    private readonly AuditLog _audit;
    private readonly InternalErrors _errors;
    private readonly ReadinessGate _readiness;
    private readonly RequestPipeline _pipeline;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeParts? _parts;
    private Task? _running;
    private int _inFlight;
    private bool _closed;
    private bool _disposed;

    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public KmsNode(KmsNodeOptions options, IChain chain, IOdyn odyn, IClock clock, ITransport transport)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _chain = chain ?? throw new ArgumentNullException(nameof(chain));
        _odyn = odyn ?? throw new ArgumentNullException(nameof(odyn));
        _clock = clock ?? throw new ArgumentNullException(nameof(clock));
        _transport = transport ?? throw new ArgumentNullException(nameof(transport));
        _hostEntropy = GC.AllocateArray<byte>(options.HostEntropy.Length, pinned: true);
        options.HostEntropy.Span.CopyTo(_hostEntropy);
        _audit = new AuditLog(clock, options.OnAudit);
        _errors = new InternalErrors(_audit, clock);
        _readiness = new ReadinessGate(_audit, options.OnStateChange);
        _pipeline = new RequestPipeline(
            new PipelineOptions(options.RequireV2, options.StatusReaders.ToHashSet()), () => Readiness, () => Parts?.Services, _errors);
    }

    /// <summary>True while the node serves requests that name no epoch. Others are served by the epochs that it holds.</summary>
    public bool IsReady => Reason is null;

    /// <summary>Why it does not; null while it does.</summary>
    public NotReadyReason? Reason => _readiness.Current.KeysRefused?.Reason;

    /// <summary>One line for operators; never secret. Empty while ready.</summary>
    public string Detail => _readiness.Current.KeysRefused?.Detail ?? string.Empty;

    /// <summary>This node's wallet; null until Odyn told it.</summary>
    public WalletAddress? Wallet => Parts?.Identity.Wallet;

    /// <summary>The newest security events, oldest first, at most <see cref="Limits.MaxAuditEvents"/>.</summary>
    public IReadOnlyList<AuditEvent> AuditEvents => _audit.Events;

    /// <summary>What it serves and why not, as of this moment.</summary>
    internal Readiness Readiness => Parts?.Settlement.Current ?? _readiness.Current;

    internal NodeParts? Parts
    {
        get
        {
            lock (_gate)
            {
                return _parts;
            }
        }
    }

    /// <summary>
    /// Runs the node until it is cancelled or disposed, then destroys every secret. Call once. No fault of a port, of a callback
    /// or of a part of the node ends it.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called twice, or after the node was disposed.</exception>
    /// <exception cref="BrokenRingException">
    /// The ring of secrets contradicts itself. Nothing is served any more; what is held is destroyed by <see cref="DisposeAsync"/>.
    /// </exception>
    public Task RunAsync(CancellationToken stop)
    {
        lock (_gate)
        {
            if (_running is not null || _closed)
            {
                throw new InvalidOperationException("a node runs once");
            }

            return _running = RunOnceAsync(stop);
        }
    }

    /// <summary>Answers one request; never throws for what a caller sent.</summary>
    public async Task<KmsResponse> HandleAsync(KmsRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            _inFlight++;
        }

        try
        {
            return await _pipeline.HandleAsync(request, cancel);
        }
        finally
        {
            lock (_gate)
            {
                _inFlight--;
                if (_closed && _inFlight == 0)
                {
                    _drained.TrySetResult();
                }
            }
        }
    }

    /// <summary>Stops the node and destroys every secret. Completes when that is done, for every caller.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        bool first;
        lock (_gate)
        {
            _closed = true;
            running = _running;
            first = !_disposed;
            _disposed = true;
        }

        if (first)
        {
            _stopping.Cancel();
        }

        try
        {
            await (running ?? Task.CompletedTask);
        }
        catch (BrokenRingException)
        {
            // Whoever runs the node was told. Disposing is the request to stop that it has not had.
            Release();
        }

        CryptographicOperations.ZeroMemory(_hostEntropy);
        if (first)
        {
            _stopping.Dispose();
        }
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, _stopping.Token);

        // Before the first event: from then on the callbacks run on their own worker's time.
        Task[] deliveries =
        [
            _audit.DeliverAsync(thrown => _errors.Record(WorkUnit.AuditSink, thrown)),
            _readiness.DeliverAsync(thrown => _errors.Record(WorkUnit.StateSink, thrown)),
        ];
        bool isBroken = false;
        try
        {
            await StartAsync(both.Token);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // Asked to stop: the ordinary end.
        }
        catch (BrokenRingException broken)
        {
            isBroken = true;
            _audit.Record(AuditKind.InternalError, broken.Message);
            throw;
        }
        finally
        {
            await EndAsync(destroy: !isBroken, deliveries);
        }
    }

    private async Task StartAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var start = new NodeStart(new BoundedOdyn(_odyn, new PortGuard(_clock, _errors)), _clock, _errors, _readiness, _audit);
        var identity = await start.IdentifyAsync(stop);
        var random = await start.SeedAsync(_hostEntropy, stop);
        var parts = new NodeParts(
            _options, _chain, _odyn, _clock, _transport, identity, random, start.Randomness, _audit, _errors, _readiness, ending.Token);
        lock (_gate)
        {
            _parts = parts;
        }

        // A loop that ends without a stop broke on the ring of secrets: the other must not go on alone.
        Task[] loops = [parts.Tick.RunAsync(ending.Token), parts.Replication.RunAsync(ending.Token)];
        await Task.WhenAny(loops);
        ending.Cancel();
        await Task.WhenAll(loops);
    }

    /// <summary>No request begins any more, those under way get a moment to end, then nothing secret is left.</summary>
    private async Task EndAsync(bool destroy, Task[] deliveries)
    {
        _readiness.MoveTo(new Readiness.NotReady(NotReadyReason.Stopping, "the node stops"));
        lock (_gate)
        {
            _closed = true;
            if (_inFlight == 0)
            {
                _drained.TrySetResult();
            }
        }

        await WithinAsync(Relay.AwaitAsync(_drained.Task));
        if (destroy)
        {
            Release();
        }

        _audit.Complete();
        _readiness.Complete();
        await WithinAsync(Task.WhenAll(deliveries));
        CryptographicOperations.ZeroMemory(_hostEntropy);
    }

    /// <summary>Waits for the work, but no longer than <see cref="Limits.DrainTimeoutMs"/>; a clock that fails is no reason to wait for ever.</summary>
    private async Task WithinAsync(Task work)
    {
        using var waiting = new CancellationTokenSource();
        await _errors.GuardAsync(
            WorkUnit.ClockPort,
            async () =>
            {
                Task[] either = [work, _clock.DelayAsync(TimeSpan.FromMilliseconds(Limits.DrainTimeoutMs), waiting.Token)];
                await Task.WhenAny(either);
            },
            CancellationToken.None);
        waiting.Cancel();
    }

    /// <summary>Destroys every secret, the nonce key and the generator.</summary>
    private void Release()
    {
        NodeParts? parts;
        lock (_gate)
        {
            parts = _parts;
            _parts = null;
        }

        parts?.Dispose();
    }
}
