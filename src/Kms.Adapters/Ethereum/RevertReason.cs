using System.Globalization;
using Kms.Core.Primitives;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.ABI.Model;
using static Kms.Adapters.Ethereum.RegistryMessages;

namespace Kms.Adapters.Ethereum;

/// <summary>Puts a name to revert data, for operators' logs.</summary>
internal static class RevertReason
{
    private const int SelectorBytes = 4;
    private const int MaxBytes = 1_024;

    private static readonly Dictionary<string, Known> BySelector =
        ((Type[])[.. Errors, typeof(MessageError), typeof(PanicError)]).Select(Known.Of).ToDictionary(static known => known.Abi.Sha3Signature, StringComparer.Ordinal);

    /// <summary>
    /// True when the data is one of the registry's own errors: the contract ran and refused. Too little gas is the caller's or
    /// the endpoint's doing, not a refusal.
    /// </summary>
    public static bool IsRefusal(ReadOnlySpan<byte> data) => Find(data) is { } known && known.Type != typeof(GasTooLowError) && Errors.Contains(known.Type);

    /// <summary>E.g. <c>KMSRegistry_Barred(0x…, 1234)</c>; the bare selector when it is not known.</summary>
    public static string Describe(ReadOnlySpan<byte> data)
    {
        if (data.Length < SelectorBytes)
        {
            return "reverted without data";
        }

        if (Find(data) is not { } known)
        {
            return $"custom error {Hex.Encode(data[..SelectorBytes])}";
        }

        return data.Length <= MaxBytes && known.Message.Decode(data[SelectorBytes..]) is { } error
            ? $"{known.Abi.Name}({string.Join(", ", known.Message.Values(error).Select(Text))})"
            : known.Abi.Name;
    }

    private static Known? Find(ReadOnlySpan<byte> data) =>
        data.Length >= SelectorBytes && BySelector.TryGetValue(Hex.Encode(data[..SelectorBytes])[2..], out var known) ? known : null;

    private static string Text(object? value) => value switch
    {
        byte[] word => Hex.Encode(word),
        string text when WalletAddress.TryParse(text, out var wallet) => wallet.ToString(), // the library writes checksums
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private sealed record Known(Type Type, ErrorABI Abi, AbiMessage Message)
    {
        public static Known Of(Type type) => new(type, new AttributesToABIExtractor().ExtractErrorABI(type), new AbiMessage(type));
    }
}
