using System.Text;
using Kms.Core.Primitives;
using static Kms.Properties.Adapters.AbiSample;

namespace Kms.Properties.Adapters;

/// <summary>
/// ABI data made from a recorded type, a value of its own in every field; <see cref="Values"/> tells which, by the
/// field's path (<c>proposal.hash</c>, <c>[1].proposer</c>).
/// </summary>
internal sealed class RecordedAnswer
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _given;
    private byte _next = 0x20;

    /// <param name="given">Values that the decoder insists on, by path: <c>ulong</c>, <c>bool</c> or an address. Booleans are false otherwise.</param>
    public RecordedAnswer(IReadOnlyList<RecordedAbi.Field> fields, Dictionary<string, object>? given = null)
    {
        _given = given ?? [];
        Bytes = Sequence([.. fields.Select(field => Encode(field, fields.Count == 1 ? string.Empty : field.Name, field.Type))]);
        foreach (string path in _given.Keys)
        {
            _values.ShouldContainKey(path, "a value is given for a field that is not recorded");
        }
    }

    public byte[] Bytes { get; }

    public IReadOnlyDictionary<string, object> Values => _values;

    private (bool Dynamic, byte[] Bytes) Encode(RecordedAbi.Field field, string path, string type)
    {
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            var items = Enumerable.Range(0, 2).Select(i => Encode(field, $"{path}[{i}]", type[..^2])).ToArray();
            return Tail([.. Word((ulong)items.Length), .. Sequence(items)]);
        }

        if (type == "tuple")
        {
            var members = field.Components.Select(member => Encode(member, path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Type)).ToArray();
            return (Array.Exists(members, static member => member.Dynamic), Sequence(members));
        }

        object value = _given.TryGetValue(path, out object? given) ? given : Fresh(type, _next++);
        _values.Add(path, value);
        return value switch
        {
            ulong number => Static(Word(number)),
            bool flag => Static(Word(flag ? 1UL : 0)),
            WalletAddress address => Static(Left(address.ToArray())),
            Bytes32 word => Static(word.ToArray()),
            string text => Tail(Dynamic(Encoding.UTF8.GetBytes(text))),
            byte[] bytes => Tail(Dynamic(bytes)),
            _ => throw new InvalidOperationException($"{path}: no encoding for {value.GetType()}"),
        };
    }

    private static object Fresh(string type, byte fill) => type switch
    {
        "bool" => false,
        "uint8" => 1UL,
        "address" => WalletAddress.From(Enumerable.Repeat(fill, WalletAddress.Size).ToArray()),
        "bytes32" => Bytes32.From(Enumerable.Repeat(fill, Bytes32.Size).ToArray()),
        "string" => $"text {fill}",
        "bytes" => new byte[] { fill },
        "uint256" or "uint64" or "uint32" => (ulong)fill,
        _ => throw new InvalidOperationException($"no value for the recorded type {type}"),
    };
}
