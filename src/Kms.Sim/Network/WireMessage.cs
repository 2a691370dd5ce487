using Kms.Core;
using Kms.Sim.Workload;

namespace Kms.Sim.Network;

/// <summary>A request on the wire, as the host of the receiving node sees it.</summary>
/// <param name="From">Lane of the sender.</param>
/// <param name="To">Index of the node that it is for.</param>
/// <param name="Forged">The attacker made or changed it: no answer to it may act on anybody's behalf.</param>
internal sealed record WireMessage(string From, int To, KmsRequest Request, bool Forged)
{
    private const int TypeWithin = 128;

    /// <summary>What keeps the fate of a request of an app's client; copies of it have the same.</summary>
    public SdkExchange? Exchange { get; init; }

    public string Summary { get; } = $"{Request.Method} {Request.Target}{(IsHandover(Request) ? " handover" : string.Empty)}";

    private static bool IsHandover(KmsRequest request) =>
        request.Target == "/sync" && request.Body.Span[..Math.Min(TypeWithin, request.Body.Length)].IndexOf("handover"u8) >= 0;

    /// <summary>The proof's signature header, or null when it carries none.</summary>
    public string? Proof => Find("x-app-signature") ?? Find("x-kms-signature");

    public string? Find(string name)
    {
        foreach (var (key, value) in Request.Headers)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }
}
