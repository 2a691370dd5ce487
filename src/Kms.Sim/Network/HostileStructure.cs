namespace Kms.Sim.Network;

/// <summary>Stand-in until the mutations of structures are here: cuts, doubles or changes a piece of the bytes.</summary>
internal static class HostileStructure
{
    public static byte[] MutateJson(ReadOnlySpan<byte> json, Func<int, int> next) => Mutate(json, next);

    public static byte[] MutateCbor(ReadOnlySpan<byte> cbor, Func<int, int> next) => Mutate(cbor, next);

    private static byte[] Mutate(ReadOnlySpan<byte> bytes, Func<int, int> next)
    {
        int from = next(bytes.Length);
        int length = 1 + next(Math.Min(16, bytes.Length - from));
        return next(3) switch
        {
            0 => [.. bytes[..from], .. bytes[(from + length)..]],
            1 => [.. bytes[..(from + length)], .. bytes[from..]],
            _ => [.. bytes[..from], (byte)next(256), .. bytes[(from + 1)..]],
        };
    }
}
