namespace Kms.Fuzz;

/// <summary>Every parser of foreign bytes (docs/fuzzing.md).</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. JsonTargets.All, .. ChainTargets.All, .. AttestationTargets.All, .. CertificateTargets.All, .. PeerTargets.All, .. RequestTargets.All,
        .. TransportTargets.All, .. EnvelopeTargets.All, .. DevnetTargets.All, .. SupervisorTargets.All,
    ];

    public static FuzzTarget Of(string name) => All.Single(target => target.Name == name);
}
