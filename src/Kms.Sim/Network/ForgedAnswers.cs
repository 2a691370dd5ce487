using Kms.Core;
using Kms.Core.Node.Api;
using Kms.Sim.Kernel;

namespace Kms.Sim.Network;

/// <summary>What a host can answer an app in its node's place: anything but the node's signature of it.</summary>
internal static class ForgedAnswers
{
    /// <summary>Half of them keep the headers, and with them the signature of what the node really said.</summary>
    public static KmsResponse InPlaceOf(KmsResponse honest, SimRandom random)
    {
        var headers = random.Chance(0.5) ? honest.Headers : [];
        return random.Below(4) switch
        {
            0 => Refusal(404, ApiError.NotFound, headers),
            1 => Refusal(403, ApiError.AppNotActive, headers),
            2 => Refusal(409, ApiError.VersionConflict, headers),
            _ => honest with { Headers = [] },
        };
    }

    private static KmsResponse Refusal(int status, ApiError error, IReadOnlyList<KeyValuePair<string, string>> headers) =>
        new(status, headers, ErrorJson.Write(new ApiRefusal(error, "the host says so")));
}
