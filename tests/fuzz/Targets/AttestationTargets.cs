using Kms.Core.Attestation;
using Kms.Devnet.Attestation;

namespace Kms.Fuzz;

/// <summary>Attestation documents, the payload behind their signature, and the user data in it.</summary>
internal static class AttestationTargets
{
    private const long TimeMs = 1_795_000_000_000;
    private static readonly byte[] Nonce = [.. Enumerable.Repeat((byte)9, 32)];
    private static readonly byte[] Pcr = [.. Enumerable.Repeat((byte)5, 48)];
    private static readonly NitroIssuer Issuer = new(new byte[NitroIssuer.SeedBytes]);
    private static readonly AttestationVerifier Verifier = new(Issuer.Root);

    private static readonly byte[] Document = Issuer.Mint(
        new NitroClaims(new AttestedFields(Nonce, null, new byte[] { 1 }), [Pcr, Pcr, Pcr], TimeMs, "i-simulated-enc0001"));

    private static readonly byte[][] UserData =
    [
        .. ((string[])[
            """{"app_wallet":{"address":"0x1"},"eth_addr":"0x00000000000000000000000000000000000000aa"}""",
            """{"a":{"eth_addr":"0x00000000000000000000000000000000000000bb"},"eth_addr":"0x00000000000000000000000000000000000000aa"}""",
        ]).Select(System.Text.Encoding.UTF8.GetBytes),
        [.. Enumerable.Repeat((byte)7, 20)],
    ];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("attestation", ReadDocument, () => [Document]) { BaseBytes = 16L * 1024 * 1024 },
        new("attestation-payload", ReadPayload, () => [Payload(), Indefinite(Payload())]),
        new("attestation-structure", input => ReadPayload(new Draws(input).Mutate([Payload(), Indefinite(Payload())], cbor: true, out _)), () => Draws.Seeds(2)),
        new("user-data", ReadUserData, () => UserData),
        new("user-data-structure", input => ReadUserData(new Draws(input).Mutate(UserData[..2], cbor: false, out _)), () => Draws.Seeds(2)),
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

        Verifier.Verify(input, DateTimeOffset.FromUnixTimeMilliseconds(TimeMs), Nonce);
        Verifier.VerifyOwn(input, Nonce);
    }

    private static void ReadUserData(byte[] input)
    {
        if (AttestedWallet.TryRead(input, out _) && input.Length != Core.Primitives.WalletAddress.Size)
        {
            // Whoever takes the first that it finds, as the platform's registry does, finds this one or none.
            string text = System.Text.Encoding.UTF8.GetString(input);
            int first = text.IndexOf("\"eth_addr\"", StringComparison.Ordinal);
            FuzzFailureException.Demand(text.IndexOf("\"eth_addr\":", first + 1, StringComparison.Ordinal) < 0, "two wallets, and one was taken");
        }
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
