using System.Diagnostics.CodeAnalysis;

namespace Kms.Core.Network;

/// <summary>A checked endpoint, or why there is none.</summary>
internal sealed record PinResult
{
    private PinResult()
    {
    }

    public PinnedEndpoint? Endpoint { get; private init; }

    public AddressRefusal? Refusal { get; private init; }

    public static PinResult Pinned(PinnedEndpoint endpoint) => new() { Endpoint = endpoint };

    public static PinResult Refused(AddressRefusal refusal) => new() { Refusal = refusal };

    public bool TryGet([NotNullWhen(true)] out PinnedEndpoint? endpoint)
    {
        endpoint = Endpoint;
        return endpoint is not null;
    }
}
