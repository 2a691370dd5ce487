using System.Text;
using System.Text.Json;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Integration.Support;
using Kms.Sim.Chain;

namespace Kms.Integration.Differential;

/// <summary>Custom errors by name, from the contracts' recorded ABI.</summary>
internal static class ContractErrors
{
    private const string Prefix = "KMSRegistry_";
    private static readonly Dictionary<string, string> ByName = Load("KMSRegistry");
    private static readonly Dictionary<string, string> Names = ByName.Concat(Load("DevNovaAppRegistry")).ToDictionary(static pair => pair.Value, static pair => pair.Key);

    /// <summary>What the simulated contract would call this revert data.</summary>
    public static string Describe(string data)
    {
        if (data.Length < 10 || !Names.TryGetValue(data[..10], out string? name))
        {
            return $"revert data {data}";
        }

        return name.StartsWith("DevNovaAppRegistry_", StringComparison.Ordinal) ? nameof(SimRevert.Platform)
            : name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..]
            : name;
    }

    /// <summary>The selector of an error of KMSRegistry.</summary>
    public static string Selector(string name) => ByName[name];

    private static Dictionary<string, string> Load(string contract)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Foundry.Root, "contracts", "abi", $"{contract}.json")));
        return document.RootElement.EnumerateArray()
            .Where(static item => item.GetProperty("type").GetString() == "error")
            .ToDictionary(static item => item.GetProperty("name").GetString()!, static item => Selector(
                item.GetProperty("name").GetString()!, item.GetProperty("inputs").EnumerateArray().Select(static input => input.GetProperty("type").GetString()!)));
    }

    private static string Selector(string name, IEnumerable<string> types) =>
        Hex.Encode(Keccak256.Hash(Encoding.ASCII.GetBytes($"{name}({string.Join(',', types)})")).ToArray().AsSpan(0, 4));
}
