using System.Security.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Core.Node;

/// <summary>Finds a hardware generator that is stuck: constant bytes, the wrong length, or an answer given before.</summary>
internal sealed class RandomnessCheck
{
    private const int Remembered = 64;

    private readonly Queue<Bytes32> _seen = new();

    /// <summary>True when the draw shows nothing wrong. Remembers a hash of it, never the bytes.</summary>
    public bool Accepts(ReadOnlySpan<byte> drawn, int expectedBytes)
    {
        if (drawn.Length != expectedBytes || drawn.Length < Bytes32.Size || IsConstant(drawn))
        {
            return false;
        }

        var print = Bytes32.From(SHA256.HashData(drawn));
        if (_seen.Contains(print))
        {
            return false;
        }

        _seen.Enqueue(print);
        if (_seen.Count > Remembered)
        {
            _seen.Dequeue();
        }

        return true;
    }

    private static bool IsConstant(ReadOnlySpan<byte> drawn) => !drawn.ContainsAnyExcept(drawn[0]);
}
