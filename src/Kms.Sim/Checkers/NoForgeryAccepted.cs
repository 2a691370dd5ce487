using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>No proof serves twice, and none serves another envelope than the one it was made for.</summary>
internal sealed class NoForgeryAccepted : Checker
{
    private readonly HashSet<(string Proof, int Node, int Start)> _used = [];

    public NoForgeryAccepted(SimWorld world)
        : base(world) => world.Network.ResponseSeen += (message, response) =>
        {
            if (message.Proof is not { } proof || response.Status is < 200 or >= 300 || message.Request.Target == "/status")
            {
                return;
            }

            if (message.Forged && message.From != Attacker.Lane)
            {
                Violate($"n{message.To} accepted {message.Summary} with another request's envelope");
            }

            if (!_used.Add((proof, message.To, World.Slots[message.To].Starts)))
            {
                Violate($"n{message.To} accepted the proof of {message.Summary} twice");
            }
        };
}
