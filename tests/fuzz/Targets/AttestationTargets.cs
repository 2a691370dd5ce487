using Kms.Core.Attestation;
using Kms.Hosting.Devnet;

namespace Kms.Fuzz;

/// <summary>Attestation documents, and the payload behind their signature.</summary>
internal static class AttestationTargets
{
    private const long TimeMs = 1_795_000_000_000;
    private static readonly byte[] Nonce = [.. Enumerable.Repeat((byte)9, 32)];
    private static readonly byte[] Pcr = [.. Enumerable.Repeat((byte)5, 48)];
    private static readonly NitroIssuer Issuer = new(new byte[NitroIssuer.SeedBytes]);
    private static readonly AttestationVerifier Verifier = new(Issuer.Root);

    private static readonly byte[] Document = Issuer.Mint(
        new NitroClaims(new Core.Ports.AttestationRequest(Nonce, null, new byte[] { 1 }), [Pcr, Pcr, Pcr], TimeMs, "i-simulated-enc0001"));

    public static IEnumerable<FuzzTarget> All =>
    [
        new("attestation", ReadDocument, () => [Document]) { BaseBytes = 16L * 1024 * 1024 },
        new("attestation-payload", ReadPayload, () => [Payload(), Indefinite(Payload())]),
        new("attestation-structure", input => ReadPayload(new Draws(input).Mutate([Payload(), Indefinite(Payload())], cbor: true, out _)), () => Draws.Seeds(2)),
    ];

    private static byte[] Payload() => CoseSign1.TryParse(Document, out var envelope) ? envelope.Payload : [];

    // As hypervisors since 2025 write the map.
    private static byte[] Indefinite(byte[] payload) => [0xbf, .. payload[1..], 0xff];

    private static void ReadDocument(byte[] input)
    {
        if (NitroDocument.TryParse(input, out var document))
        {
            _ = document.PublicKey?.ToString();
            FuzzFailureException.Demand(document.PcrCount is >= 3 and <= 32 && document.ModuleId.Length > 0, "an incomplete document");
        }

        Verifier.TryVerify(input, DateTimeOffset.FromUnixTimeMilliseconds(TimeMs), Nonce, out _, out _);
        Verifier.TryVerifyOwn(input, Nonce, out _, out _);
    }

    private static void ReadPayload(byte[] input)
    {
        if (NitroPayload.TryParse(input, out var payload))
        {
            FuzzFailureException.Demand(payload.Pcrs.Values.All(pcr => pcr.Length == 48) && payload.Pcrs.Count <= 32, "registers");
            _ = DateTimeOffset.FromUnixTimeMilliseconds(payload.TimestampMs);
        }
    }
}
