using System.Text;
using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;

namespace Kms.Fuzz;

/// <summary>Odyn envelopes: as JSON from anybody, and true ones of a true key with something changed.</summary>
internal static class EnvelopeTargets
{
    private const int KnownPeers = 64;
    private static readonly TeePrivateKey Own = Key(1);
    private static readonly TeePrivateKey Peer = Key(2);
    private static readonly TeePrivateKey Stranger = Key(3);
    private static readonly Ecies Exchange = new(Own, KnownPeers);
    private static readonly byte[][] Plaintexts = [[], "{}"u8.ToArray(), Encoding.UTF8.GetBytes("""{"path":"p","length":32}"""), new byte[1_000]];
    private static readonly OdynEnvelope[] Sealed = [.. Plaintexts.Select((plaintext, index) => Seal(plaintext, nonceBytes: index % 2 == 0 ? 12 : 32))];
    private static readonly byte[][] Bodies = [.. Sealed.Select(EnvelopeJson.Serialize)];

    public static IEnumerable<FuzzTarget> All =>
    [
        new("envelope", ReadBody, () => Bodies),
        new("envelope-structure", input => ReadBody(new Draws(input).Mutate(Bodies, cbor: false, out _)), () => Draws.Seeds(Bodies.Length)),
        new("envelope-sealed", ReadChanged, () => [.. Draws.Seeds(Sealed.Length), [0], [1, 1, 0], [1, 2, 5, 1], [2, 3, 7], [3, 4, 2, 0], [0, 5]]),
    ];

    private static TeePrivateKey Key(byte last) =>
        TeePrivateKey.TryImport([.. new byte[TeePrivateKey.ScalarBytes - 1], last], out var key) ? key! : throw new InvalidOperationException("no key");

    private static OdynEnvelope Seal(byte[] plaintext, int nonceBytes)
    {
        using var peer = new Ecies(Peer, KnownPeers);
        return peer.Seal(plaintext, Own.PublicKey, [.. Enumerable.Repeat((byte)9, nonceBytes)]);
    }

    private static void ReadBody(byte[] input)
    {
        bool isEnvelope = EnvelopeJson.Parse(input, expected: Peer.PublicKey).TryGet(out var envelope);
        FuzzFailureException.Demand(isEnvelope == (envelope is not null), "neither an envelope nor a refusal");
        FuzzFailureException.Demand(EnvelopeJson.Parse(input).TryGet(out _) == isEnvelope, "a known sender changes what is an envelope");
        if (envelope is null)
        {
            return;
        }

        FuzzFailureException.Demand(EnvelopeJson.Parse(EnvelopeJson.Serialize(envelope)).TryGet(out var again) && Same(again, envelope), "two readings of one envelope");
        Open(envelope);
    }

    /// <summary>Choices: which envelope, and what of it is changed how.</summary>
    private static void ReadChanged(byte[] input)
    {
        var draws = new Draws(input);
        var envelope = Sealed[draws.Next(Sealed.Length)];
        for (int change = draws.Next(4); change > 0; change--)
        {
            envelope = draws.Next(3) switch
            {
                0 => envelope with { Sender = draws.Next(4) switch { 0 => Own.PublicKey, 1 => Stranger.PublicKey, _ => Peer.PublicKey } },
                1 => envelope with { Nonce = Changed(envelope.Nonce.ToArray(), draws) },
                _ => envelope with { Ciphertext = Changed(envelope.Ciphertext.ToArray(), draws) },
            };
        }

        Open(envelope);
    }

    private static byte[] Changed(byte[] bytes, Draws draws)
    {
        int at = draws.Next(bytes.Length + 1);
        switch (draws.Next(4))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes, .. new byte[at]];
            case 2:
                return [.. bytes[..at], .. bytes];
            default:
                if (at < bytes.Length)
                {
                    bytes[at] ^= (byte)(1 << draws.Next(8));
                }

                return bytes;
        }
    }

    /// <summary>Opens exactly what the peer sealed. Of a long nonce only the first twelve bytes are the cipher's, and count.</summary>
    private static void Open(OdynEnvelope envelope)
    {
        bool opened = Exchange.TryOpen(envelope, out byte[] plaintext);
        int which = Array.FindIndex(Sealed, one => Same(one, envelope));
        FuzzFailureException.Demand(opened == (which >= 0), opened ? "opens what nobody sealed" : "does not open what was sealed");
        FuzzFailureException.Demand(!opened || plaintext.AsSpan().SequenceEqual(Plaintexts[which]), "another plaintext");
        FuzzFailureException.Demand(opened || plaintext.Length == 0, "a plaintext that did not authenticate");
        FuzzFailureException.Demand(Exchange.CachedPeers <= KnownPeers, "a cache without bound");
    }

    private static bool Same(OdynEnvelope left, OdynEnvelope right) =>
        left.Sender.Equals(right.Sender)
        && right.Nonce.Length is 12 or 32
        && left.Nonce.Span[..12].SequenceEqual(right.Nonce.Span[..12])
        && left.Ciphertext.Span.SequenceEqual(right.Ciphertext.Span);
}
