using System.Net;
using Kms.Core;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Sim.Kernel;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>Everything between the enclaves: links that delay, lose, double, reorder and cut, and a host that sees every byte.</summary>
internal sealed class SimNetwork
{
    private static readonly TimeSpan HandlerLimit = TimeSpan.FromSeconds(120);

    private readonly ISimLoop _loop;
    private readonly SimRandom _random;
    private readonly EventLog _log;
    private readonly Dictionary<(string From, string To), Link> _links = [];
    private readonly WorldOptions _options;

    public SimNetwork(ISimLoop loop, SimRandom random, EventLog log, WorldOptions options)
    {
        _loop = loop;
        _random = random;
        _log = log;
        _options = options;
    }

    public SimDns Dns { get; } = new();

    /// <summary>The nodes by index; set once by the world.</summary>
    public IReadOnlyList<NodeSlot> Slots { get; set; } = [];

    /// <summary>The host sees a request before its node does, and the answer before the caller does.</summary>
    public event Action<WireMessage>? RequestSeen;

    public event Action<WireMessage, KmsResponse>? ResponseSeen;

    /// <summary>Somebody sends a request: before links lose or double it.</summary>
    public event Action<WireMessage>? Sent;

    /// <summary>A node, or an app's client, dials an address.</summary>
    public event Action<string, IPAddress?>? Dialled;

    /// <summary>A handler of a live node threw, or did not end.</summary>
    public event Action<string>? HandlerBroke;

    /// <summary>What the host does to requests of others at the moment: null answers drop, others replace.</summary>
    public Func<WireMessage, WireMessage?>? Tamper { get; set; }

    /// <summary>Where somebody accepts connections and never says a word.</summary>
    public HashSet<IPAddress> Silent { get; } = [];

    public static string Lane(int node) => $"n{node}";

    public Link LinkOf(string from, string to)
    {
        if (!_links.TryGetValue((from, to), out var link))
        {
            link = new Link();
            _links.Add((from, to), link);
        }

        return link;
    }

    public void Heal()
    {
        foreach (var link in _links.Values)
        {
            link.Heal();
        }

        Dns.Heal();
        Tamper = null;
    }

    public TimeSpan DnsLatency()
    {
        lock (_loop.Gate)
        {
            return TimeSpan.FromMilliseconds(_random.Between(1, 20));
        }
    }

    public Result<IReadOnlyList<IPAddress>, TransportFailure> Resolve(string asking, string host)
    {
        var answer = Dns.Answer(asking, host);
        _log.Add("dns", "dns", $"{asking} asks {host}: {(answer is null ? "nothing" : string.Join(' ', answer))}");
        return answer is null
            ? Result<IReadOnlyList<IPAddress>, TransportFailure>.Fail(TransportFailure.Unresolved, host)
            : Result<IReadOnlyList<IPAddress>, TransportFailure>.Ok(answer);
    }

    /// <summary>A request to an address that was checked, of a node or of an app's client.</summary>
    /// <param name="exchange">Of a client: keeps what becomes of it.</param>
    public Task<Result<PeerResponse, TransportFailure>> DialAsync(
        string from, NodeLife life, PinnedEndpoint endpoint, PeerRequest request, SdkExchange? exchange, CancellationToken cancel)
    {
        var source = _loop.NewSource<Result<PeerResponse, TransportFailure>>();
        lock (_loop.Gate)
        {
            if (life.IsDead)
            {
                return source.Task;
            }

            var address = (endpoint as PinnedEndpoint.Direct)?.Address;
            Dialled?.Invoke(from, address);
            var registration = default(CancellationTokenRegistration);
            SimTimer? limit = null;
            limit = life.After(request.Timeout, () => Finish(Result<PeerResponse, TransportFailure>.Fail(TransportFailure.TimedOut, "timeout")));
            registration = cancel.Register(() =>
            {
                limit?.Cancel();
                source.TrySetCanceled(cancel);
            });
            var slot = Slots.FirstOrDefault(one => one.Address.Equals(address));
            if (slot is null && address is not null && Silent.Contains(address))
            {
                _log.Occurred("silent member asked");
                return source.Task;
            }

            if (slot is null)
            {
                life.After(TimeSpan.FromMilliseconds(5), () => Finish(Result<PeerResponse, TransportFailure>.Fail(TransportFailure.Unreachable, "nobody listens")));
                return source.Task;
            }

            exchange?.Node = slot.Index;
            Send(
                new WireMessage(from, slot.Index, SimTransport.ToRequest(request), Forged: false) { Exchange = exchange },
                response => life.Enter(() => Finish(ToResult(response, request.MaxResponseBytes))));

            void Finish(Result<PeerResponse, TransportFailure> result)
            {
                limit?.Cancel();
                registration.Dispose();
                source.TrySetResult(result);
            }
        }

        return source.Task;
    }

    /// <summary>A request of an app that speaks the wire itself, or of the attacker; null when nothing came back in time.</summary>
    public Task<KmsResponse?> SendFromOutsideAsync(WireMessage message, TimeSpan timeout)
    {
        var source = _loop.NewSource<KmsResponse?>();
        lock (_loop.Gate)
        {
            var limit = _loop.After(timeout, () => source.TrySetResult(null));
            Send(message, response =>
            {
                limit.Cancel();
                source.TrySetResult(response);
            });
        }

        return source.Task;
    }

    private static Result<PeerResponse, TransportFailure> ToResult(KmsResponse? response, int maxBytes) =>
        response is null ? Result<PeerResponse, TransportFailure>.Fail(TransportFailure.Unreachable, "nobody listens")
        : response.Body.Length > maxBytes ? Result<PeerResponse, TransportFailure>.Fail(TransportFailure.TooLarge, "too large")
        : Result<PeerResponse, TransportFailure>.Ok(new PeerResponse(response.Status, response.Headers, response.Body));

    private void Send(WireMessage message, Action<KmsResponse?> answered)
    {
        Sent?.Invoke(message);
        var link = LinkOf(message.From, Lane(message.To));
        long sent = _log.Add("send", message.From, $"{message.Summary} to {Lane(message.To)}");
        if (link.IsCut || _random.Chance(link.Loss))
        {
            _log.Occurred("message lost");
            return;
        }

        int copies = _random.Chance(link.Duplicates) ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            if (i > 0)
            {
                _log.Occurred("message doubled");
            }

            _loop.After(Delay(link), () => Arrive(message, sent, answered));
        }
    }

    private void Arrive(WireMessage message, long sent, Action<KmsResponse?> answered)
    {
        RequestSeen?.Invoke(message);
        if (Tamper is not null && !message.Forged)
        {
            var changed = Tamper(message);
            if (changed is null)
            {
                return;
            }

            message = changed;
        }

        var slot = Slots[message.To];
        if (slot.Manners.IsSilent)
        {
            _log.Occurred("peer silent");
            return;
        }

        if (slot.Current is not { } incarnation || incarnation.Life.IsDead)
        {
            Return(message, sent, null, answered);
            return;
        }

        incarnation.Life.Enter(() => Handle(incarnation, message, sent, answered));
    }

    private void Handle(Incarnation incarnation, WireMessage message, long sent, Action<KmsResponse?> answered)
    {
        long received = _log.Add("receive", Lane(message.To), $"{message.Summary} from {message.From}", sent);
        var limit = new HandlerWatch(_loop, incarnation.Life, HandlerLimit, () => HandlerBroke?.Invoke($"{Lane(message.To)} did not end {message.Summary}"));
        _loop.Spawn(
            async () =>
            {
                var response = await incarnation.Node.HandleAsync(message.Request, CancellationToken.None);
                lock (_loop.Gate)
                {
                    limit.End();
                    incarnation.Life.Enter(() => Return(message, received, response, answered));
                }
            },
            fault =>
            {
                limit.End();
                if (!incarnation.Life.IsDead)
                {
                    HandlerBroke?.Invoke($"{Lane(message.To)} threw at {message.Summary}: {fault}");
                }
            });
    }

    private void Return(WireMessage message, long cause, KmsResponse? response, Action<KmsResponse?> answered)
    {
        if (response is not null && Slots[message.To].Lies && message.From.StartsWith('n') && response.Body.Length > 0)
        {
            var damaged = response.Body.ToArray();
            damaged[_random.Below(damaged.Length)] ^= (byte)(1 << _random.Below(8));
            response = response with { Body = damaged };
            _log.Occurred("peer lied");
        }

        if (message.From.StartsWith('n') && Slots[message.To].Redirects)
        {
            response = new KmsResponse(302, [new("location", "http://169.254.169.254/latest/meta-data/")], default);
            _log.Occurred("redirected");
        }

        if (response is not null && message.From.StartsWith('n') && Slots[message.To].Rogue is { } rogue)
        {
            response = rogue.Answer(message, response);
        }

        if (response is not null)
        {
            ResponseSeen?.Invoke(message, response);
        }

        if (response is not null && Slots[message.To].Manners.Hostile is { } hostile)
        {
            response = hostile.Change(message, response);
        }

        if (response is not null && message.From == AppClient.Lane && message.Proof is not null && Slots[message.To].Manners.Forges)
        {
            response = ForgedAnswers.InPlaceOf(response, _random);
            _log.Occurred("answer forged");
        }

        var trickle = Slots[message.To].Manners.Trickle;
        if (trickle > TimeSpan.Zero)
        {
            _log.Occurred("answer trickled");
        }

        var back = LinkOf(Lane(message.To), message.From);
        long sent = _log.Add("answer", Lane(message.To), $"{response?.Status ?? 0} {message.Summary} to {message.From}", cause);
        if (back.IsCut || _random.Chance(back.Loss))
        {
            _log.Occurred("answer lost");
            return;
        }

        _loop.After(Delay(back) + trickle, () =>
        {
            _log.Add("answered", message.From, $"{response?.Status ?? 0} {message.Summary} from {Lane(message.To)}", sent);
            answered(response);
        });
    }

    private TimeSpan Delay(Link link)
    {
        var delay = TimeSpan.FromMilliseconds(_random.Between(_options.MinDelayMs, _options.MaxDelayMs)) + link.ExtraDelay;
        if (link.Jitter > TimeSpan.Zero)
        {
            delay += _random.Between(TimeSpan.Zero, link.Jitter);
        }

        return link.CloggedUntil > _loop.Now ? link.CloggedUntil - _loop.Now + delay : delay;
    }
}
