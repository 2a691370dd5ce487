using System.Buffers.Binary;
using Kms.Core.Primitives;

namespace Kms.Sim.Chain;

/// <summary>A scheduled action's arguments as the contract takes them: the ABI encoding that its kind wants, or something else.</summary>
internal sealed class SimActionData(ReadOnlySpan<byte> bytes)
{
    private const int UpgradeMinBytes = 4 * Bytes32.Size;
    private readonly byte[] _bytes = bytes.ToArray();

    public static SimActionData Empty { get; } = new([]);

    public ReadOnlySpan<byte> Bytes => _bytes;

    public bool IsWord => _bytes.Length == Bytes32.Size;

    public bool IsAddress => IsWord && !_bytes.AsSpan(0, Bytes32.Size - WalletAddress.Size).ContainsAnyExcept((byte)0);

    public bool IsUpgrade => _bytes.Length >= UpgradeMinBytes;

    public Bytes32 Word => Bytes32.From(_bytes);

    /// <summary>The word as a number; 2^64 and more, which are out of every range, read as the greatest one.</summary>
    public ulong Number => _bytes.AsSpan(0, 24).ContainsAnyExcept((byte)0) ? ulong.MaxValue : BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(24));

    /// <summary>Null for the zero address.</summary>
    public WalletAddress? Address => WalletAddress.TryFrom(_bytes.AsSpan(12, WalletAddress.Size), out var address) ? address : null;

    /// <summary>Second argument of an upgrade; <see cref="Address"/> is the first.</summary>
    public Bytes32 CodeHash => Bytes32.From(_bytes.AsSpan(Bytes32.Size, Bytes32.Size));

    public static SimActionData From(Bytes32 word) => new(word.ToArray());

    public static SimActionData From(ulong number)
    {
        Span<byte> word = stackalloc byte[Bytes32.Size];
        word.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(word[24..], number);
        return new SimActionData(word);
    }

    public static SimActionData From(WalletAddress address) => new([.. new byte[12], .. address.ToArray()]);

    /// <summary>An upgrade without a call to an initialiser.</summary>
    public static SimActionData Upgrade(WalletAddress implementation, Bytes32 codeHash) =>
        new([.. From(implementation).Bytes, .. codeHash.ToArray(), .. From(3 * Bytes32.Size).Bytes, .. From(0).Bytes]);

    public override string ToString() => Hex.Encode(_bytes);
}
