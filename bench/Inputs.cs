using Kms.Core.Cryptography;

namespace Kms.Benchmarks;

/// <summary>Fixed inputs: the same bytes in every run.</summary>
internal static class Inputs
{
    public static byte[] Filled(byte value, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    public static NodeRandom Random(byte number) => new(Filled(number, 32), Filled(0x55, 32));

    public static TeePrivateKey Tee(byte number)
    {
        using var random = Random(number);
        return random.NextTeeKey();
    }
}
