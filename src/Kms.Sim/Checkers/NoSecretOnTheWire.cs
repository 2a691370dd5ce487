using System.Text;
using Kms.Core.Primitives;
using Kms.Sim.Network;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>No message holds a master secret or a derived key: raw, in hex or in base64.</summary>
internal sealed class NoSecretOnTheWire : Checker
{
    private const int MaxDerived = 16;

    private readonly SecretWitness _witness;
    private readonly Dictionary<Bytes32, byte[][]> _forms = [];
    private readonly Queue<byte[][]> _derived = new();

    public NoSecretOnTheWire(SimWorld world, SecretWitness witness)
        : base(world)
    {
        _witness = witness;
        world.Network.RequestSeen += message => Check(message.Request.Body.Span, message, "request");
        world.Network.ResponseSeen += (message, response) => Check(response.Body.Span, message, "answer");
        world.Workload.Derived += Remember;
    }

    private static byte[][] Forms(byte[] secret) =>
        [secret, Encoding.ASCII.GetBytes(Hex.EncodeBare(secret)), Encoding.ASCII.GetBytes(Convert.ToBase64String(secret).TrimEnd('='))];

    private void Remember(DeriveRecord derived)
    {
        if (_derived.Count == MaxDerived)
        {
            _derived.Dequeue();
        }

        _derived.Enqueue(Forms(Convert.FromBase64String(derived.Key)));
    }

    private void Check(ReadOnlySpan<byte> body, WireMessage message, string what)
    {
        if (body.IsEmpty)
        {
            return;
        }

        foreach (var (hash, secret) in _witness.Secrets)
        {
            if (!_forms.TryGetValue(hash, out var forms))
            {
                forms = Forms(secret);
                _forms.Add(hash, forms);
            }

            if (Holds(body, forms))
            {
                Violate($"the {what} of {message.Summary} at n{message.To} shows the master secret {hash}");
            }
        }

        foreach (var forms in _derived)
        {
            if (Holds(body, forms))
            {
                Violate($"the {what} of {message.Summary} at n{message.To} shows a derived key");
            }
        }
    }

    private static bool Holds(ReadOnlySpan<byte> body, byte[][] forms)
    {
        foreach (var form in forms)
        {
            if (body.IndexOf(form) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
