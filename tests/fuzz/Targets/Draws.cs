using Kms.Sim.Network;

namespace Kms.Fuzz;

/// <summary>An input read as choices: the fuzzer then explores structures, which bytes alone seldom reach.</summary>
internal sealed class Draws(byte[] input)
{
    private const int MaxRounds = 4;
    private int _at;

    /// <summary>A number below the argument; zero once the input is used up.</summary>
    public int Next(int below)
    {
        int value = 0;
        for (int range = 1; range < below && _at < input.Length; range *= 256)
        {
            value = (value * 256) + input[_at++];
        }

        return below > 1 ? value % below : 0;
    }

    /// <summary>One of the samples, mutated as a structure once for as long as there are choices left.</summary>
    public byte[] Mutate(IReadOnlyList<byte[]> samples, bool cbor, out int which)
    {
        which = Next(samples.Count);
        byte[] mutated = samples[which];
        var hostile = new HostileStructure(Next);
        for (int round = 0; round < MaxRounds && _at < input.Length; round++)
        {
            mutated = cbor ? hostile.OfCbor(mutated) : hostile.OfJson(mutated);
        }

        return mutated;
    }

    /// <summary>Choices to begin with.</summary>
    public static IEnumerable<byte[]> Seeds(int samples) =>
        Enumerable.Range(0, samples).SelectMany(which => (byte[][])[[(byte)which], [(byte)which, 1, 5, 9, 2, 7, 3, 3], [(byte)which, 7, 2, 1, 0, 4, 11, 8, 6, 1, 3, 2, 5, 1, 1, 1]]);
}
