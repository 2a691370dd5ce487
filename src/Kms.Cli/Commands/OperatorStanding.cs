using System.Text.Json;
using Kms.Core.Membership;
using Kms.Core.Primitives;
using Kms.Core.Registry;

namespace Kms.Cli.Commands;

/// <summary>An operator, and whether it is a member for nodes.</summary>
/// <param name="Refusal">Why not; null for a member, which takes both views.</param>
/// <param name="AtFinal">The same at the final view alone.</param>
/// <param name="AtLatest">The same at the latest view alone.</param>
/// <param name="IsActive">Whether the platform's clients find it (<c>getActiveInstances</c>); null when that cannot be read.</param>
internal sealed record OperatorStanding(OperatorRecord Record, PeerRefusal? Refusal, PeerRefusal? AtFinal, PeerRefusal? AtLatest, bool? IsActive)
{
    public static OperatorStanding Of(OperatorRecord record, RegistrySnapshot? atFinal, RegistrySnapshot atLatest, IReadOnlyList<WalletAddress>? active) => new(
        record,
        atFinal is null ? PeerRefusal.ChainUnavailable : PeerAuthorizer.Authorize(new ChainView(atFinal, atLatest), record.Wallet).Failure,
        atFinal is null ? PeerRefusal.ChainUnavailable : PeerAuthorizer.Check(atFinal, record.Wallet),
        PeerAuthorizer.Check(atLatest, record.Wallet),
        active?.Contains(record.Wallet));

    /// <summary>The reason as JSON names it.</summary>
    public static string? Name(PeerRefusal? refusal) => refusal is { } why ? JsonNamingPolicy.SnakeCaseLower.ConvertName(why.ToString()) : null;

    /// <summary>Member or not, in words; where the views differ, which says what.</summary>
    public string Describe()
    {
        if (Refusal is null)
        {
            return "member";
        }

        return AtFinal == AtLatest
            ? $"no member: {Words(AtLatest ?? Refusal)}"
            : $"no member: {Words(AtLatest)} at the latest view, {Words(AtFinal)} at the final one";
    }

    private static string Words(PeerRefusal? refusal) => Name(refusal)?.Replace('_', ' ') ?? "member";
}
