using System.Globalization;
using System.Text;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;

namespace Kms.Adapters.Ethereum;

/// <summary>Puts a name to revert data, for operators' logs.</summary>
internal static class RevertReason
{
    private const int MaxMessageBytes = 512;
    private const string GasTooLow = "KMSRegistry_GasTooLow()";

    /// <summary>What the calls of a node can revert with; held against <c>contracts/abi</c> by a test.</summary>
    internal static readonly string[] Signatures =
    [
        "KMSRegistry_AlreadyConfirmed(uint64,address)",
        "KMSRegistry_Barred(address,uint64)",
        GasTooLow,
        "KMSRegistry_HashKnown(bytes32)",
        "KMSRegistry_NoEpochWanted()",
        "KMSRegistry_NotEligible(address)",
        "KMSRegistry_ProposalNotOpen(uint64)",
        "KMSRegistry_ProposalOpen(uint64)",
        "KMSRegistry_ProposalsPaused()",
        "KMSRegistry_TooManyOperators()",
        "KMSRegistry_WrongProposal(uint64,uint64)",
        "KMSRegistry_ZeroHash()",
    ];

    private static readonly Dictionary<string, string> BySelector = Signatures.ToDictionary(Selector, StringComparer.Ordinal);

    /// <summary>
    /// True when the data is one of the registry's own errors: the contract ran and refused. Too little gas is the caller's or
    /// the endpoint's doing, not a refusal.
    /// </summary>
    public static bool IsRefusal(ReadOnlySpan<byte> data) =>
        data.Length >= 4 && BySelector.TryGetValue(Hex.Encode(data[..4]), out string? signature) && signature != GasTooLow;

    /// <summary>E.g. <c>KMSRegistry_Barred(0x…, 1234)</c>; the bare selector when it is not known.</summary>
    public static string Describe(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4)
        {
            return "reverted without data";
        }

        string selector = Hex.Encode(data[..4]);
        var body = data[4..];
        return selector switch
        {
            "0x08c379a0" => DescribeMessage(body),
            "0x4e487b71" => AbiAnswers.TryUInt64(body, out ulong code)
                ? string.Create(CultureInfo.InvariantCulture, $"Panic({code})")
                : "Panic",
            _ => BySelector.TryGetValue(selector, out string? signature) ? DescribeCustom(signature, body) : $"custom error {selector}",
        };
    }

    private static string DescribeMessage(ReadOnlySpan<byte> body)
    {
        var reader = new AbiReader(body);
        reader.Enter(1);
        string? text = reader.ReadString(MaxMessageBytes);
        return reader.Finish() && text is not null ? $"Error({text})" : "Error";
    }

    private static string DescribeCustom(string signature, ReadOnlySpan<byte> body)
    {
        int open = signature.IndexOf('(', StringComparison.Ordinal);
        string[] types = signature[(open + 1)..^1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        var reader = new AbiReader(body);
        reader.Enter(types.Length);
        var arguments = types.Select(static _ => string.Empty).ToArray();
        for (int i = 0; i < types.Length; i++)
        {
            arguments[i] = types[i] switch
            {
                "address" => reader.ReadAddress()?.ToString() ?? "0x0",
                "bytes32" => reader.ReadBytes32().ToString(),
                _ => reader.ReadUInt64().ToString(CultureInfo.InvariantCulture),
            };
        }

        return reader.Finish() ? $"{signature[..open]}({string.Join(", ", arguments)})" : signature[..open];
    }

    private static string Selector(string signature) => Hex.Encode(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray().AsSpan(0, 4));
}
