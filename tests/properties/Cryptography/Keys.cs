using Kms.Core.Cryptography;
using Kms.Core.Secrets;

namespace Kms.Properties.Cryptography;

/// <summary>Deterministic keys for tests: each number is another key.</summary>
internal static class Keys
{
    public static NodeRandom Random(byte number) => new(Filled(number, 32), Filled(0x55, 32));

    public static TeePrivateKey Tee(byte number)
    {
        using var random = Random(number);
        return random.NextTeeKey();
    }

    public static MasterSecret Secret(byte number) => MasterSecret.Import(Filled(number, MasterSecret.Size));

    public static byte[] Filled(byte value, int length)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(value);
        return bytes;
    }
}
