using Kms.Core;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>The host: it sees every request before its node does, keeps some, and uses them again.</summary>
internal sealed class Attacker
{
    public const string Lane = "attacker";

    private const int Kept = 128;

    /// <summary>Routes that take no proof and cost a node something.</summary>
    public static IReadOnlyList<string> PublicTargets { get; } = ["/nodes", "/status", "/nodes", "/health"];

    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly List<WireMessage> _captured = [];

    public Attacker(SimWorld world, SimRandom random)
    {
        _world = world;
        _random = random;
        world.Network.RequestSeen += Capture;
    }

    /// <summary>Sends a captured request once more, to its node or to another.</summary>
    public void Replay()
    {
        if (_captured.Count == 0)
        {
            return;
        }

        var old = _random.Pick(_captured);
        int to = _random.Chance(0.7) ? old.To : _random.Below(_world.Slots.Count);
        Send(old with { From = Lane, To = to, Forged = true });
    }

    /// <summary>Makes the host put another request's envelope under each proof that passes, while it lasts.</summary>
    public WireMessage? Swap(WireMessage message)
    {
        if (message.Proof is null || message.Request.Body.IsEmpty || !_random.Chance(0.5))
        {
            return message;
        }

        var other = _captured.FindLast(one => one.To == message.To && one.Proof is not null && one.Proof != message.Proof
            && one.Request.Target == message.Request.Target && !one.Request.Body.Span.SequenceEqual(message.Request.Body.Span));
        if (other is null || message.Find("x-app-pop") != "2")
        {
            return message;
        }

        _world.Log.Add("swap", Lane, $"{message.Summary} at n{message.To}");
        return message with { Request = message.Request with { Body = other.Request.Body }, Forged = true };
    }

    /// <summary>Asks what anyone may ask.</summary>
    public void Ask(int node, string target) => Send(new WireMessage(Lane, node, new KmsRequest("GET", target, [], default), Forged: true));

    private void Send(WireMessage message)
    {
        _world.Log.Occurred("attacker sent");
        _world.Spawn("attacker", () => _world.Network.SendFromOutsideAsync(message, TimeSpan.FromSeconds(30)));
    }

    private void Capture(WireMessage message)
    {
        if (message.Forged || message.Proof is null)
        {
            return;
        }

        if (_captured.Count == Kept)
        {
            _captured.RemoveAt(_random.Below(Kept));
        }

        _captured.Add(message);
    }
}
