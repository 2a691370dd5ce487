using Kms.Client;
using Kms.Core.Ports;

namespace Kms.Sim.Workload;

/// <summary>One call through the client, seen from both ends: what the client made of it, and what the nodes that it asked really did.</summary>
internal sealed class SdkCall(SimApp app, string what, SdkCallKind kind)
{
    private readonly List<SdkExchange> _exchanges = [];

    public SimApp App { get; } = app;

    /// <summary>For people.</summary>
    public string What { get; } = what;

    public SdkCallKind Kind { get; } = kind;

    /// <summary>The client gave a result, or was told to stop.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the client said; null for a value, while it is under way, and when it was told to stop.</summary>
    public KmsFailure? Failure { get; private set; }

    /// <summary>The client gave a value.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The newest exchange whose answer arrived: of a call that is over, the one that decided it.</summary>
    public SdkExchange? Taken { get; private set; }

    /// <summary>Everything that the client sent, probes too, in order.</summary>
    public IReadOnlyList<SdkExchange> Exchanges => _exchanges;

    /// <summary>What it sent of the request itself.</summary>
    public IEnumerable<SdkExchange> Attempts => _exchanges.Where(exchange => exchange.IsAttempt);

    /// <summary>The client went on from a node that gave nothing to one that did.</summary>
    public bool FailedOver => IsDone && _exchanges.Exists(exchange => exchange.Node != Taken?.Node);

    public SdkExchange Begin(string target, TimeSpan at)
    {
        var exchange = new SdkExchange(this, target, at);
        _exchanges.Add(exchange);
        return exchange;
    }

    public void End(SdkExchange exchange, TransportFailure? failure)
    {
        exchange.Failure = failure;
        exchange.IsOver = true;
        Taken = failure is null ? exchange : Taken;
    }

    public void Conclude(KmsFailure? failure)
    {
        IsOver = true;
        IsDone = failure is null;
        Failure = failure;
    }

    public void Cancel() => IsOver = true;
}

/// <summary>What a call may do more than once.</summary>
internal enum SdkCallKind
{
    Read,

    /// <summary>A put without a version, or a delete.</summary>
    PlainWrite,

    /// <summary>A put that names the version that it replaces.</summary>
    ConditionalWrite,
}

/// <summary>One request of a call to one node.</summary>
internal sealed class SdkExchange(SdkCall call, string target, TimeSpan sentAt)
{
    public SdkCall Call { get; } = call;

    public TimeSpan SentAt { get; } = sentAt;

    /// <summary>The request itself, and no probe or challenge.</summary>
    public bool IsAttempt { get; } = target.StartsWith("/kms/", StringComparison.Ordinal);

    /// <summary>Whom it reached; null when nobody is there.</summary>
    public int? Node { get; set; }

    /// <summary>Who answered; null while nobody did.</summary>
    public World.Incarnation? By { get; private set; }

    /// <summary>What the node said, whether or not it arrived; zero: nothing yet.</summary>
    public int Status { get; private set; }

    /// <summary>The node did what it was asked to.</summary>
    public bool WasCarriedOut { get; private set; }

    public bool IsOver { get; set; }

    /// <summary>Why nothing arrived.</summary>
    public TransportFailure? Failure { get; set; }

    /// <summary>Nobody but the node knows what became of it.</summary>
    public bool IsLost => IsOver && Failure is TransportFailure.TimedOut or TransportFailure.Lost or TransportFailure.TooLarge;

    /// <param name="applied">A refusal that says that the write was carried out all the same.</param>
    public void Answer(World.Incarnation by, int status, bool applied)
    {
        By = by;
        Status = status;
        WasCarriedOut |= status == 200 || applied;
    }
}
