using System.Text;
using System.Text.Json;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Properties.Adapters;

/// <summary>A contract's ABI as <c>contracts/abi</c> records it; <c>contracts/tools/abi.mjs</c> holds that against the compiler's output.</summary>
internal sealed class RecordedAbi
{
    private readonly List<Entry> _entries;

    private RecordedAbi(List<Entry> entries) => _entries = entries;

    public static RecordedAbi Kms { get; } = Load("KMSRegistry");

    /// <summary>What of the platform's registry nodes read.</summary>
    public static RecordedAbi Platform { get; } = Load("INovaAppRegistry");

    public static RecordedAbi Dev { get; } = Load("DevNovaAppRegistry");

    public Entry? FindFunction(ReadOnlySpan<byte> callData)
    {
        string selector = Hex.Encode(callData[..4]);
        return _entries.Find(entry => entry.Type == "function" && Hex.Encode(entry.Topic.AsSpan(0, 4)) == selector);
    }

    public Entry? Find(string type, string signature) => _entries.Find(entry => entry.Type == type && entry.Signature == signature);

    private static RecordedAbi Load(string contract)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "ContractAbi", $"{contract}.json")));
        return new RecordedAbi([.. document.RootElement.EnumerateArray().Select(static item => new Entry(
            item.GetProperty("type").GetString()!,
            item.TryGetProperty("name", out var name) ? name.GetString()! : string.Empty,
            Fields(item, "inputs"),
            Fields(item, "outputs"),
            item.TryGetProperty("stateMutability", out var mutability) && mutability.GetString() is "view" or "pure"))]);
    }

    private static IReadOnlyList<Field> Fields(JsonElement item, string name) => item.TryGetProperty(name, out var list)
        ? [.. list.EnumerateArray().Select(static field => new Field(
            field.GetProperty("name").GetString()!,
            field.GetProperty("type").GetString()!,
            field.TryGetProperty("indexed", out var indexed) && indexed.GetBoolean(),
            Fields(field, "components")))]
        : [];

    internal sealed record Field(string Name, string Type, bool Indexed, IReadOnlyList<Field> Components)
    {
        public string Canonical => Type.StartsWith("tuple", StringComparison.Ordinal)
            ? $"({string.Join(',', Components.Select(static item => item.Canonical))}){Type["tuple".Length..]}"
            : Type;
    }

    internal sealed record Entry(string Type, string Name, IReadOnlyList<Field> Inputs, IReadOnlyList<Field> Outputs, bool IsView)
    {
        public string Signature => $"{Name}({string.Join(',', Inputs.Select(static item => item.Canonical))})";

        /// <summary>Of an event; its first four bytes are the selector of a function or an error.</summary>
        public byte[] Topic => Keccak256.Hash(Encoding.ASCII.GetBytes(Signature)).ToArray();
    }
}
