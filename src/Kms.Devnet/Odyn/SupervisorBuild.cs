using Kms.Core.Json;
using Kms.Devnet.Attestation;

namespace Kms.Devnet.Odyn;

/// <summary>
/// What differs between builds of the enclave supervisor, as far as anybody outside of it notices. Read from its source, every tag;
/// what all of them do alike is <see cref="OdynRoutes"/>.
/// </summary>
/// <param name="Version">Its release.</param>
/// <param name="Envelopes">How it derives the keys of <c>/v1/encryption</c>.</param>
internal sealed record SupervisorBuild(string Version, EnvelopeScheme Envelopes)
{
    /// <summary>One for each way of deriving envelope keys, the newest first.</summary>
    public static IReadOnlyList<SupervisorBuild> All { get; } =
    [
        new("1.8.1", EnvelopeScheme.All[3]),
        new("1.7.2", EnvelopeScheme.All[2]),
        new("1.4.2", EnvelopeScheme.All[1]),
        new("1.4.1", EnvelopeScheme.All[0]) { KeyForm = AttestedKeyForm.RawPoint },
    ];

    public static SupervisorBuild Newest => All[0];

    /// <summary>How a caller's key stands in documents.</summary>
    public AttestedKeyForm KeyForm { get; init; } = AttestedKeyForm.Spki;

    /// <summary>The 20 bytes of the wallet as user data when the caller gives none, instead of JSON.</summary>
    public bool HasBareUserData { get; init; }

    /// <summary>The manifest enables object storage.</summary>
    public bool HasObjects { get; init; } = true;

    /// <summary>The user data of a document: the caller's object with the wallet in it.</summary>
    /// <param name="given">An object; whatever else it is counts as none.</param>
    public byte[] UserData(JsonValue given, WalletAddress wallet) =>
        HasBareUserData && given.Kind != JsonKind.Object ? wallet.ToArray() : SupervisorUserData.Of(given, wallet);

    public static SupervisorBuild? Find(string version) => All.FirstOrDefault(build => build.Version == version);
}
