using Kms.Core.Json;
using Kms.Core.Primitives;

namespace Kms.Core.Attestation;

/// <summary>
/// The wallet in a document's <c>user_data</c>, which the supervisor writes there itself: JSON with <c>eth_addr</c>, or the bare 20
/// bytes of old builds. The rest of it is whoever asked for the document, which may be anybody: nothing else is read.
/// </summary>
internal static class AttestedWallet
{
    private const string Member = "eth_addr";
    private const int MaxDepth = 8;

    /// <summary>
    /// False unless it is one JSON object with the name once, at the top, and nowhere below: the platform's registry takes the first
    /// that it finds, nested or not, and a document in which the two readings differ names nobody.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> userData, out WalletAddress wallet)
    {
        if (userData.Length == WalletAddress.Size)
        {
            return WalletAddress.TryFrom(userData.Span, out wallet);
        }

        wallet = default;
        return StrictJson.TryParse(userData, Limits.MaxAttestedUserDataBytes, MaxDepth, out var json, out _)
            && json.Kind == JsonKind.Object
            && WalletAddress.TryParse(json[Member].Text, out wallet)
            && !json.Members.Any(member => Names(member.Value));
    }

    private static bool Names(JsonValue value) => value.Kind switch
    {
        JsonKind.Object => value.Members.Any(member => member.Key == Member || Names(member.Value)),
        JsonKind.Array => value.Items!.Any(Names),
        _ => false,
    };
}
